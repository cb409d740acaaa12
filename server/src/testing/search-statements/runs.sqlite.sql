-- # all, two pages

-- read
select r.run as run, r.start_time as s
from runs as "r"
where "r"."tenant" = ?
and "r"."experiment" = ?
and 1 = 1
and r.deleted = 0
order by "r"."start_time" desc, "r"."run"
limit ?
--   1: 1
--   2: 0
--   3: 2

-- read
select "page"."place", "r"."run_id", "r"."experiment", "r"."name", "r"."user_id", "r"."status", "r"."start_time",
"r"."end_time", "r"."deleted", "r"."artifact_uri", "r"."revision"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "runs" as "r"
where "r"."tenant" = ?
and "r"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "m"."key", "m"."last_value", "m"."last_ts", "m"."last_step"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "metric_summary" as "m"
where "m"."tenant" = ?
and "m"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select json_group_array("page"."place") as "places", json_group_array("t"."key") as "keys", json_group_array("t"."value")
as "values"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "params" as "t"
where "t"."tenant" = ?
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select json_group_array("page"."place") as "places", json_group_array("t"."key") as "keys", json_group_array("t"."value")
as "values"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "tags" as "t"
where "t"."tenant" = ?
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "i"."position", "d"."name", "d"."digest", "d"."source_type", "d"."source", "d"."schema",
"d"."profile"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_inputs" as "i"
cross join "datasets" as "d"
where "i"."tenant" = ?
and "i"."run" = "page"."number"
and "d"."tenant" = ?
and "d"."experiment" = "i"."experiment"
and "d"."dataset" = "i"."dataset"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "i"."position", "t"."name", "t"."value"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_inputs" as "i"
cross join "run_input_tags" as "t"
where "i"."tenant" = ?
and "i"."run" = "page"."number"
and "t"."tenant" = ?
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
order by "t"."name"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "m"."model_id", "m"."step"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_model_outputs" as "m"
where "m"."tenant" = ?
and "m"."run" = "page"."number"
order by "m"."model_id"
--   1: "<number>"
--   2: 1

-- # all, two pages: the second

-- read
select r.run as run, r.start_time as s
from runs as "r"
where "r"."tenant" = ?
and "r"."experiment" = ?
and "r"."start_time" <= ?
and ("r"."start_time" < ?
  or ("r"."run" > ?))
and r.deleted = 0
order by "r"."start_time" desc, "r"."run"
limit ?
--   1: 1
--   2: 0
--   3: <time>
--   4: <time>
--   5: <number>
--   6: 2

-- read
select "page"."place", "r"."run_id", "r"."experiment", "r"."name", "r"."user_id", "r"."status", "r"."start_time",
"r"."end_time", "r"."deleted", "r"."artifact_uri", "r"."revision"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "runs" as "r"
where "r"."tenant" = ?
and "r"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "m"."key", "m"."last_value", "m"."last_ts", "m"."last_step"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "metric_summary" as "m"
where "m"."tenant" = ?
and "m"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select json_group_array("page"."place") as "places", json_group_array("t"."key") as "keys", json_group_array("t"."value")
as "values"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "params" as "t"
where "t"."tenant" = ?
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select json_group_array("page"."place") as "places", json_group_array("t"."key") as "keys", json_group_array("t"."value")
as "values"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "tags" as "t"
where "t"."tenant" = ?
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "i"."position", "d"."name", "d"."digest", "d"."source_type", "d"."source", "d"."schema",
"d"."profile"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_inputs" as "i"
cross join "datasets" as "d"
where "i"."tenant" = ?
and "i"."run" = "page"."number"
and "d"."tenant" = ?
and "d"."experiment" = "i"."experiment"
and "d"."dataset" = "i"."dataset"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "i"."position", "t"."name", "t"."value"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_inputs" as "i"
cross join "run_input_tags" as "t"
where "i"."tenant" = ?
and "i"."run" = "page"."number"
and "t"."tenant" = ?
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
order by "t"."name"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "m"."model_id", "m"."step"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_model_outputs" as "m"
where "m"."tenant" = ?
and "m"."run" = "page"."number"
order by "m"."model_id"
--   1: "<number>"
--   2: 1

-- # metric, param and tag, by metric

-- read
select count(*) as n
from (select x.run
  from metric_summary as x
  where x.tenant = ?
  and x.experiment = ?
  and x.key = 2
  and "x"."last_value" < ?
  limit 4001) as c
--   1: 1
--   2: 0
--   3: 0.5

-- read
select count(*) as n
from (select x.run
  from "params" as x
  where x.tenant = ?
  and x.experiment = ?
  and x.key = -1
  and "x"."value_key" = ?
  limit 4001) as c
--   1: 1
--   2: 0
--   3: "3"

-- read
select count(*) as n
from (select x.run
  from "tags" as x
  where x.tenant = ?
  and x.experiment = ?
  and x.key = -1
  and "x"."value_key" >= ?
  and "x"."value_key" < ?
  limit 4001) as c
--   1: 1
--   2: 0
--   3: "vis"
--   4: "vis􏿿"

-- # metric by itself, two pages

-- read
select count(*) as n
from (select x.run
  from metric_summary as x
  where x.tenant = ?
  and x.experiment = ?
  and x.key = 2
  and "x"."last_value" > ?
  limit 4001) as c
--   1: 1
--   2: 0
--   3: 0.1

-- read
select count(*) as n
from (select 1
  from runs as r
  where r.tenant = ?
  and r.experiment = ?
  limit 1000000) as c
--   1: 1
--   2: 0

-- read
select *
from (select r.run as run, (coalesce((select case when "m"."last_value" is null then 1 else 0 end
        from metric_summary as m
        where m.tenant = ?
        and m.run = r.run
        and m.key = 2), 2)) as "s0", coalesce((select "m"."last_value"
      from metric_summary as m
      where m.tenant = ?
      and m.run = r.run
      and m.key = 2), 0) as "s1", "r"."start_time" as "s2", "r"."run" as "s3"
  from (select distinct y.run
    from (select x.run
      from metric_summary as x
      where x.tenant = ?
      and x.experiment = ?
      and x.key = 2
      and "x"."last_value" > ?) as y ) as c
  cross join runs as r
  where r.tenant = ?
  and r.run = c.run
  and +r.experiment = ?
  and r.deleted = 0
  and exists (select 1
    from metric_summary as m
    where m.tenant = ?
    and m.run = r.run
    and m.key = 2
    and "m"."last_value" > ?)) as x
where 1 = 1
order by "x"."s0", "x"."s1" desc, "x"."s2" desc, "x"."s3"
limit ?
--   1: 1
--   2: 1
--   3: 1
--   4: 0
--   5: 0.1
--   6: 1
--   7: 0
--   8: 1
--   9: 0.1
--   10: 2

-- read
select "page"."place", "r"."run_id", "r"."experiment", "r"."name", "r"."user_id", "r"."status", "r"."start_time",
"r"."end_time", "r"."deleted", "r"."artifact_uri", "r"."revision"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "runs" as "r"
where "r"."tenant" = ?
and "r"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "m"."key", "m"."last_value", "m"."last_ts", "m"."last_step"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "metric_summary" as "m"
where "m"."tenant" = ?
and "m"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select json_group_array("page"."place") as "places", json_group_array("t"."key") as "keys", json_group_array("t"."value")
as "values"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "params" as "t"
where "t"."tenant" = ?
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select json_group_array("page"."place") as "places", json_group_array("t"."key") as "keys", json_group_array("t"."value")
as "values"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "tags" as "t"
where "t"."tenant" = ?
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "i"."position", "d"."name", "d"."digest", "d"."source_type", "d"."source", "d"."schema",
"d"."profile"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_inputs" as "i"
cross join "datasets" as "d"
where "i"."tenant" = ?
and "i"."run" = "page"."number"
and "d"."tenant" = ?
and "d"."experiment" = "i"."experiment"
and "d"."dataset" = "i"."dataset"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "i"."position", "t"."name", "t"."value"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_inputs" as "i"
cross join "run_input_tags" as "t"
where "i"."tenant" = ?
and "i"."run" = "page"."number"
and "t"."tenant" = ?
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
order by "t"."name"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "m"."model_id", "m"."step"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_model_outputs" as "m"
where "m"."tenant" = ?
and "m"."run" = "page"."number"
order by "m"."model_id"
--   1: "<number>"
--   2: 1

-- # metric by itself, two pages: the second

-- read
select count(*) as n
from (select x.run
  from metric_summary as x
  where x.tenant = ?
  and x.experiment = ?
  and x.key = 2
  and "x"."last_value" > ?
  limit 4001) as c
--   1: 1
--   2: 0
--   3: 0.1

-- read
select *
from (select r.run as run, (coalesce((select case when "m"."last_value" is null then 1 else 0 end
        from metric_summary as m
        where m.tenant = ?
        and m.run = r.run
        and m.key = 2), 2)) as "s0", coalesce((select "m"."last_value"
      from metric_summary as m
      where m.tenant = ?
      and m.run = r.run
      and m.key = 2), 0) as "s1", "r"."start_time" as "s2", "r"."run" as "s3"
  from (select distinct y.run
    from (select x.run
      from metric_summary as x
      where x.tenant = ?
      and x.experiment = ?
      and x.key = 2
      and "x"."last_value" > ?) as y ) as c
  cross join runs as r
  where r.tenant = ?
  and r.run = c.run
  and +r.experiment = ?
  and r.deleted = 0
  and exists (select 1
    from metric_summary as m
    where m.tenant = ?
    and m.run = r.run
    and m.key = 2
    and "m"."last_value" > ?)) as x
where "x"."s0" >= ?
and ("x"."s0" > ?
  or ("x"."s1" <= ?
    and ("x"."s1" < ?
      or ("x"."s2" <= ?
        and ("x"."s2" < ?
          or ("x"."s3" > ?))))))
order by "x"."s0", "x"."s1" desc, "x"."s2" desc, "x"."s3"
limit ?
--   1: 1
--   2: 1
--   3: 1
--   4: 0
--   5: 0.1
--   6: 1
--   7: 0
--   8: 1
--   9: 0.1
--   10: 0
--   11: 0
--   12: 0.25
--   13: 0.25
--   14: <time>
--   15: <time>
--   16: <number>
--   17: 2

-- read
select "page"."place", "r"."run_id", "r"."experiment", "r"."name", "r"."user_id", "r"."status", "r"."start_time",
"r"."end_time", "r"."deleted", "r"."artifact_uri", "r"."revision"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "runs" as "r"
where "r"."tenant" = ?
and "r"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "m"."key", "m"."last_value", "m"."last_ts", "m"."last_step"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "metric_summary" as "m"
where "m"."tenant" = ?
and "m"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select json_group_array("page"."place") as "places", json_group_array("t"."key") as "keys", json_group_array("t"."value")
as "values"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "params" as "t"
where "t"."tenant" = ?
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select json_group_array("page"."place") as "places", json_group_array("t"."key") as "keys", json_group_array("t"."value")
as "values"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "tags" as "t"
where "t"."tenant" = ?
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "i"."position", "d"."name", "d"."digest", "d"."source_type", "d"."source", "d"."schema",
"d"."profile"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_inputs" as "i"
cross join "datasets" as "d"
where "i"."tenant" = ?
and "i"."run" = "page"."number"
and "d"."tenant" = ?
and "d"."experiment" = "i"."experiment"
and "d"."dataset" = "i"."dataset"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "i"."position", "t"."name", "t"."value"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_inputs" as "i"
cross join "run_input_tags" as "t"
where "i"."tenant" = ?
and "i"."run" = "page"."number"
and "t"."tenant" = ?
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
order by "t"."name"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "m"."model_id", "m"."step"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "run_model_outputs" as "m"
where "m"."tenant" = ?
and "m"."run" = "page"."number"
order by "m"."model_id"
--   1: "<number>"
--   2: 1

-- # data set, name and times

-- read
select *
from (select r.run as run, (case when r.end_time is null then 2 else 0 end) as "s0", coalesce(r.end_time, 0) as
  "s1", "r"."start_time" as "s2", "r"."run" as "s3"
  from runs as r
  where r.tenant = ?
  and r.experiment in (?)
  and 1 = 1
  and (exists (select 1
      from run_inputs as i
      join datasets as d
      on d.tenant = ?
      and d.experiment = i.experiment
      and d.dataset = i.dataset
      where i.tenant = ?
      and i.run = r.run
      and "d"."name" = ?))
  and (exists (select 1
      from "tags" as t
      where t.tenant = ?
      and t.run = r.run
      and t.key = 1
      and "t"."value" <> ?))
  and ("r"."start_time" > ?)) as x
where 1 = 1
order by "x"."s0", "x"."s1" desc, "x"."s2" desc, "x"."s3"
limit ?
--   1: 1
--   2: 0
--   3: 1
--   4: 1
--   5: "train"
--   6: 1
--   7: "x"
--   8: 5
--   9: 11
