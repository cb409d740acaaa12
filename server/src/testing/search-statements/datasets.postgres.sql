-- # of two experiments

-- read
select "d"."experiment", "d"."name", "d"."digest", "t"."value" as "context"
from "datasets" as "d"
inner join "run_inputs" as "i"
on "i"."tenant" = $1
and "i"."experiment" = "d"."experiment"
and "i"."dataset" = "d"."dataset"
left join "run_input_tags" as "t"
on "t"."tenant" = $2
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
and "t"."name" = $3
where "d"."tenant" = $4
and "d"."experiment" in ($5, $6)
group by "d"."experiment", "d"."name", "d"."digest", "t"."value"
order by "d"."experiment", "d"."name", "d"."digest", min("i"."run")
limit $7
--   1: 1
--   2: 1
--   3: "mlflow.data.context"
--   4: 1
--   5: 0
--   6: 5
--   7: 1000
