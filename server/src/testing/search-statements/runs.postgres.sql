-- # all, two pages

-- read
select r.run as run, r.start_time as s
from runs as "r"
where "r"."tenant" = $1
and "r"."experiment" = $2
and 1 = 1
and r.deleted = 0
order by "r"."start_time" desc, "r"."run"
limit $3
--   1: 1
--   2: 0
--   3: 2

-- read
select "page"."place", "r"."run_id", "r"."experiment", "r"."name", "r"."user_id", "r"."status", "r"."start_time",
"r"."end_time", "r"."deleted", "r"."artifact_uri", "r"."revision"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "runs" as "r"
where "r"."tenant" = $2
and "r"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "m"."key", "m"."last_value", "m"."last_ts", "m"."last_step"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "metric_summary" as "m"
where "m"."tenant" = $2
and "m"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select coalesce(json_agg("page"."place"), '[]')::text as "places", coalesce(json_agg("t"."key"), '[]')::text as
"keys", coalesce(json_agg("t"."value"), '[]')::text as "values"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "params" as "t"
where "t"."tenant" = $2
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select coalesce(json_agg("page"."place"), '[]')::text as "places", coalesce(json_agg("t"."key"), '[]')::text as
"keys", coalesce(json_agg("t"."value"), '[]')::text as "values"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "tags" as "t"
where "t"."tenant" = $2
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "i"."position", "d"."name", "d"."digest", "d"."source_type", "d"."source", "d"."schema",
"d"."profile"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_inputs" as "i"
cross join "datasets" as "d"
where "i"."tenant" = $2
and "i"."run" = "page"."number"
and "d"."tenant" = $3
and "d"."experiment" = "i"."experiment"
and "d"."dataset" = "i"."dataset"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "i"."position", "t"."name", "t"."value"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_inputs" as "i"
cross join "run_input_tags" as "t"
where "i"."tenant" = $2
and "i"."run" = "page"."number"
and "t"."tenant" = $3
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
order by "t"."name"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "m"."model_id", "m"."step"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_model_outputs" as "m"
where "m"."tenant" = $2
and "m"."run" = "page"."number"
order by "m"."model_id"
--   1: "<number>"
--   2: 1

-- # all, two pages: the second

-- read
select r.run as run, r.start_time as s
from runs as "r"
where "r"."tenant" = $1
and "r"."experiment" = $2
and "r"."start_time" <= $3
and ("r"."start_time" < $4
  or ("r"."run" > $5))
and r.deleted = 0
order by "r"."start_time" desc, "r"."run"
limit $6
--   1: 1
--   2: 0
--   3: <time>
--   4: <time>
--   5: <number>
--   6: 2

-- read
select "page"."place", "r"."run_id", "r"."experiment", "r"."name", "r"."user_id", "r"."status", "r"."start_time",
"r"."end_time", "r"."deleted", "r"."artifact_uri", "r"."revision"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "runs" as "r"
where "r"."tenant" = $2
and "r"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "m"."key", "m"."last_value", "m"."last_ts", "m"."last_step"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "metric_summary" as "m"
where "m"."tenant" = $2
and "m"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select coalesce(json_agg("page"."place"), '[]')::text as "places", coalesce(json_agg("t"."key"), '[]')::text as
"keys", coalesce(json_agg("t"."value"), '[]')::text as "values"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "params" as "t"
where "t"."tenant" = $2
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select coalesce(json_agg("page"."place"), '[]')::text as "places", coalesce(json_agg("t"."key"), '[]')::text as
"keys", coalesce(json_agg("t"."value"), '[]')::text as "values"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "tags" as "t"
where "t"."tenant" = $2
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "i"."position", "d"."name", "d"."digest", "d"."source_type", "d"."source", "d"."schema",
"d"."profile"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_inputs" as "i"
cross join "datasets" as "d"
where "i"."tenant" = $2
and "i"."run" = "page"."number"
and "d"."tenant" = $3
and "d"."experiment" = "i"."experiment"
and "d"."dataset" = "i"."dataset"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "i"."position", "t"."name", "t"."value"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_inputs" as "i"
cross join "run_input_tags" as "t"
where "i"."tenant" = $2
and "i"."run" = "page"."number"
and "t"."tenant" = $3
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
order by "t"."name"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "m"."model_id", "m"."step"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_model_outputs" as "m"
where "m"."tenant" = $2
and "m"."run" = "page"."number"
order by "m"."model_id"
--   1: "<number>"
--   2: 1

-- # metric, param and tag, by metric

-- read
select count(*) as n
from (select x.run
  from metric_summary as x
  where x.tenant = $1
  and x.experiment = $2
  and x.key = 2
  and "x"."last_value" < $3
  limit 4001) as c
--   1: 1
--   2: 0
--   3: 0.5

-- read
select count(*) as n
from (select x.run
  from "params" as x
  where x.tenant = $1
  and x.experiment = $2
  and x.key = -1
  and "x"."value_key" = $3
  limit 4001) as c
--   1: 1
--   2: 0
--   3: "3"

-- read
select count(*) as n
from (select x.run
  from "tags" as x
  where x.tenant = $1
  and x.experiment = $2
  and x.key = -1
  and "x"."value_key" >= $3
  and "x"."value_key" < $4
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
  where x.tenant = $1
  and x.experiment = $2
  and x.key = 2
  and "x"."last_value" > $3
  limit 4001) as c
--   1: 1
--   2: 0
--   3: 0.1

-- read
select count(*) as n
from (select 1
  from runs as r
  where r.tenant = $1
  and r.experiment = $2
  limit 1000000) as c
--   1: 1
--   2: 0

-- read
select *
from (select r.run as run, (coalesce((select case when "m"."last_value" is null then 1 else 0 end
        from metric_summary as m
        where m.tenant = $1
        and m.run = r.run
        and m.key = 2), 2)) as "s0", coalesce((select "m"."last_value"
      from metric_summary as m
      where m.tenant = $2
      and m.run = r.run
      and m.key = 2), 0) as "s1", "r"."start_time" as "s2", "r"."run" as "s3"
  from (select distinct y.run
    from (select x.run
      from metric_summary as x
      where x.tenant = $3
      and x.experiment = $4
      and x.key = 2
      and "x"."last_value" > $5) as y offset 0) as c
  cross join lateral (select *
    from runs as l
    where l.tenant = $6
    and l.run = c.run offset 0) as r
  where r.experiment = $7
  and r.deleted = 0
  and exists (select 1
    from metric_summary as m
    where m.tenant = $8
    and m.run = r.run
    and m.key = 2
    and "m"."last_value" > $9)) as x
where 1 = 1
order by "x"."s0", "x"."s1" desc, "x"."s2" desc, "x"."s3"
limit $10
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
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "runs" as "r"
where "r"."tenant" = $2
and "r"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "m"."key", "m"."last_value", "m"."last_ts", "m"."last_step"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "metric_summary" as "m"
where "m"."tenant" = $2
and "m"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select coalesce(json_agg("page"."place"), '[]')::text as "places", coalesce(json_agg("t"."key"), '[]')::text as
"keys", coalesce(json_agg("t"."value"), '[]')::text as "values"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "params" as "t"
where "t"."tenant" = $2
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select coalesce(json_agg("page"."place"), '[]')::text as "places", coalesce(json_agg("t"."key"), '[]')::text as
"keys", coalesce(json_agg("t"."value"), '[]')::text as "values"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "tags" as "t"
where "t"."tenant" = $2
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "i"."position", "d"."name", "d"."digest", "d"."source_type", "d"."source", "d"."schema",
"d"."profile"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_inputs" as "i"
cross join "datasets" as "d"
where "i"."tenant" = $2
and "i"."run" = "page"."number"
and "d"."tenant" = $3
and "d"."experiment" = "i"."experiment"
and "d"."dataset" = "i"."dataset"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "i"."position", "t"."name", "t"."value"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_inputs" as "i"
cross join "run_input_tags" as "t"
where "i"."tenant" = $2
and "i"."run" = "page"."number"
and "t"."tenant" = $3
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
order by "t"."name"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "m"."model_id", "m"."step"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_model_outputs" as "m"
where "m"."tenant" = $2
and "m"."run" = "page"."number"
order by "m"."model_id"
--   1: "<number>"
--   2: 1

-- # metric by itself, two pages: the second

-- read
select count(*) as n
from (select x.run
  from metric_summary as x
  where x.tenant = $1
  and x.experiment = $2
  and x.key = 2
  and "x"."last_value" > $3
  limit 4001) as c
--   1: 1
--   2: 0
--   3: 0.1

-- read
select *
from (select r.run as run, (coalesce((select case when "m"."last_value" is null then 1 else 0 end
        from metric_summary as m
        where m.tenant = $1
        and m.run = r.run
        and m.key = 2), 2)) as "s0", coalesce((select "m"."last_value"
      from metric_summary as m
      where m.tenant = $2
      and m.run = r.run
      and m.key = 2), 0) as "s1", "r"."start_time" as "s2", "r"."run" as "s3"
  from (select distinct y.run
    from (select x.run
      from metric_summary as x
      where x.tenant = $3
      and x.experiment = $4
      and x.key = 2
      and "x"."last_value" > $5) as y offset 0) as c
  cross join lateral (select *
    from runs as l
    where l.tenant = $6
    and l.run = c.run offset 0) as r
  where r.experiment = $7
  and r.deleted = 0
  and exists (select 1
    from metric_summary as m
    where m.tenant = $8
    and m.run = r.run
    and m.key = 2
    and "m"."last_value" > $9)) as x
where "x"."s0" >= $10
and ("x"."s0" > $11
  or ("x"."s1" <= $12
    and ("x"."s1" < $13
      or ("x"."s2" <= $14
        and ("x"."s2" < $15
          or ("x"."s3" > $16))))))
order by "x"."s0", "x"."s1" desc, "x"."s2" desc, "x"."s3"
limit $17
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
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "runs" as "r"
where "r"."tenant" = $2
and "r"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "m"."key", "m"."last_value", "m"."last_ts", "m"."last_step"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "metric_summary" as "m"
where "m"."tenant" = $2
and "m"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select coalesce(json_agg("page"."place"), '[]')::text as "places", coalesce(json_agg("t"."key"), '[]')::text as
"keys", coalesce(json_agg("t"."value"), '[]')::text as "values"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "params" as "t"
where "t"."tenant" = $2
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select coalesce(json_agg("page"."place"), '[]')::text as "places", coalesce(json_agg("t"."key"), '[]')::text as
"keys", coalesce(json_agg("t"."value"), '[]')::text as "values"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "tags" as "t"
where "t"."tenant" = $2
and "t"."run" = "page"."number"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "i"."position", "d"."name", "d"."digest", "d"."source_type", "d"."source", "d"."schema",
"d"."profile"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_inputs" as "i"
cross join "datasets" as "d"
where "i"."tenant" = $2
and "i"."run" = "page"."number"
and "d"."tenant" = $3
and "d"."experiment" = "i"."experiment"
and "d"."dataset" = "i"."dataset"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "i"."position", "t"."name", "t"."value"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_inputs" as "i"
cross join "run_input_tags" as "t"
where "i"."tenant" = $2
and "i"."run" = "page"."number"
and "t"."tenant" = $3
and "t"."run" = "i"."run"
and "t"."dataset" = "i"."dataset"
order by "t"."name"
--   1: "<number>"
--   2: 1
--   3: 1

-- read
select "page"."place", "m"."model_id", "m"."step"
from (select ordinality::int4 - 1 as place, u.number
  from unnest(('{' || $1 || '}')::int8[]) with ordinality as u (number, ordinality)) as "page"
cross join "run_model_outputs" as "m"
where "m"."tenant" = $2
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
  where r.tenant = $1
  and r.experiment in ($2)
  and 1 = 1
  and (exists (select 1
      from run_inputs as i
      join datasets as d
      on d.tenant = $3
      and d.experiment = i.experiment
      and d.dataset = i.dataset
      where i.tenant = $4
      and i.run = r.run
      and "d"."name" = $5))
  and (exists (select 1
      from "tags" as t
      where t.tenant = $6
      and t.run = r.run
      and t.key = 1
      and "t"."value" <> $7))
  and ("r"."start_time" > $8)) as x
where 1 = 1
order by "x"."s0", "x"."s1" desc, "x"."s2" desc, "x"."s3"
limit $9
--   1: 1
--   2: 0
--   3: 1
--   4: 1
--   5: "train"
--   6: 1
--   7: "x"
--   8: 5
--   9: 11
