-- # all, two pages

-- read
select m.*, "m"."created" as "s0", "m"."model" as "s1"
from logged_models as m
where m.tenant = $1
and "m"."experiment" = $2
and m.deleted = 0
and 1 = 1
and 1 = 1
and 1 = 1
order by "m"."created" desc, "m"."model"
limit $3
--   1: 1
--   2: 0
--   3: 2

-- read
select "model", "key", "value"
from "logged_model_params"
where "tenant" = $1
and "model" = any($2::int8[])
order by "model", "key"
--   1: 1
--   2: "{<number>}"

-- read
select "model", "key", "value"
from "logged_model_tags"
where "tenant" = $1
and "model" = any($2::int8[])
order by "model", "key"
--   1: 1
--   2: "{<number>}"

-- read
select "model", "key", "value", "timestamp", "step", "run_id", "dataset_name", "dataset_digest"
from "logged_model_metrics"
where "tenant" = $1
and "model" = any($2::int8[])
order by "model", "position"
--   1: 1
--   2: "{<number>}"

-- # all, two pages: the second

-- read
select m.*, "m"."created" as "s0", "m"."model" as "s1"
from logged_models as m
where m.tenant = $1
and "m"."experiment" = $2
and m.deleted = 0
and 1 = 1
and 1 = 1
and "m"."created" <= $3
and ("m"."created" < $4
  or ("m"."model" > $5))
order by "m"."created" desc, "m"."model"
limit $6
--   1: 1
--   2: 0
--   3: <time>
--   4: <time>
--   5: <number>
--   6: 2

-- read
select "model", "key", "value"
from "logged_model_params"
where "tenant" = $1
and "model" = any($2::int8[])
order by "model", "key"
--   1: 1
--   2: "{<number>}"

-- read
select "model", "key", "value"
from "logged_model_tags"
where "tenant" = $1
and "model" = any($2::int8[])
order by "model", "key"
--   1: 1
--   2: "{<number>}"

-- read
select "model", "key", "value", "timestamp", "step", "run_id", "dataset_name", "dataset_digest"
from "logged_model_metrics"
where "tenant" = $1
and "model" = any($2::int8[])
order by "model", "position"
--   1: 1
--   2: "{<number>}"

-- # metric, param, tag and attributes

-- read
select (select count(*)
  from (select 1
    from (select t.model
      from "logged_model_metrics" as t
      where t.tenant = $1
      and "t"."experiment" = $2
      and t.key = $3
      and "t"."value" > $4) r
    limit $5) c) as "c0", (select count(*)
  from (select 1
    from (select t.model
      from "logged_model_params" as t
      where t.tenant = $6
      and "t"."experiment" = $7
      and t.key = $8
      and "t"."value_key" = $9) r
    limit $10) c) as "c1", (select count(*)
  from (select 1
    from (select t.model
      from "logged_model_tags" as t
      where t.tenant = $11
      and "t"."experiment" = $12
      and t.key = $13
      and "t"."value_key" = $14) r
    limit $15) c) as "c2", (select count(*)
  from (select 1
    from (select t.model
      from logged_models as t
      where t.tenant = $16
      and "t"."experiment" = $17
      and "t"."name_key" >= $18
      and "t"."name_key" < $19) r
    limit $20) c) as "c3"
--   1: 1
--   2: 0
--   3: "acc"
--   4: 0.9
--   5: 2001
--   6: 1
--   7: 0
--   8: "depth"
--   9: "3"
--   10: 2001
--   11: 1
--   12: 0
--   13: "team"
--   14: "vision"
--   15: 2001
--   16: 1
--   17: 0
--   18: "net"
--   19: "net􏿿"
--   20: 2001

-- read
select m.*, "m"."created" as "s0", "m"."model" as "s1"
from logged_models as m
where m.tenant = $1
and m.model in (select t.model
  from "logged_model_metrics" as t
  where t.tenant = $2
  and "t"."experiment" = $3
  and t.key = $4
  and "t"."value" > $5)
and +m.experiment in ($6)
and m.deleted = 0
and (exists (select 1
    from "logged_model_metrics" as t
    where t.tenant = $7
    and t.model = m.model
    and t.key = $8
    and ("t"."value" > $9)
    limit 1 offset 0)
  and exists (select 1
    from "logged_model_params" as t
    where t.tenant = $10
    and t.model = m.model
    and t.key = $11
    and ("t"."value" = $12)
    limit 1 offset 0)
  and exists (select 1
    from "logged_model_tags" as t
    where t.tenant = $13
    and t.model = m.model
    and t.key = $14
    and ("t"."value" = $15)
    limit 1 offset 0)
  and "m"."name" like $16 escape '')
and 1 = 1
and 1 = 1
order by "m"."created" desc, "m"."model"
limit $17
--   1: 1
--   2: 1
--   3: 0
--   4: "acc"
--   5: 0.9
--   6: 0
--   7: 1
--   8: "acc"
--   9: 0.9
--   10: 1
--   11: "depth"
--   12: "3"
--   13: 1
--   14: "team"
--   15: "vision"
--   16: "net%"
--   17: 11
