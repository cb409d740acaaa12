-- # of two experiments

-- read
select "d"."experiment", "d"."name", "d"."digest", "t"."value" as "context"
from "datasets" as "d"
inner join "run_inputs" as "i"
on "i"."tenant" = ?
and "i"."experiment" = "d"."experiment"
and "i"."dataset" = "d"."dataset"
left join "run_input_tags" as "t"
on "t"."tenant" = ?
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
and "t"."name" = ?
where "d"."tenant" = ?
and "d"."experiment" in (?, ?)
group by "d"."experiment", "d"."name", "d"."digest", "t"."value"
order by "d"."experiment", "d"."name", "d"."digest", min("i"."run")
limit ?
--   1: 1
--   2: 1
--   3: "mlflow.data.context"
--   4: 1
--   5: 0
--   6: 5
--   7: 1000
