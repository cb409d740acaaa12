-- # all, two pages

-- read
select m.*, "m"."created" as "s0", "m"."model" as "s1"
from logged_models as m
where m.tenant = ?
and "m"."experiment" = ?
and m.deleted = 0
and 1 = 1
and 1 = 1
and 1 = 1
order by "m"."created" desc, "m"."model"
limit ?
--   1: 1
--   2: 0
--   3: 2

-- read
select "model", "key", "value"
from "logged_model_params"
where "tenant" = ?
and "model" in (select value
  from json_each(?))
order by "model", "key"
--   1: 1
--   2: "[<number>]"

-- read
select "model", "key", "value"
from "logged_model_tags"
where "tenant" = ?
and "model" in (select value
  from json_each(?))
order by "model", "key"
--   1: 1
--   2: "[<number>]"

-- read
select "model", "key", "value", "timestamp", "step", "run_id", "dataset_name", "dataset_digest"
from "logged_model_metrics"
where "tenant" = ?
and "model" in (select value
  from json_each(?))
order by "model", "position"
--   1: 1
--   2: "[<number>]"

-- # all, two pages: the second

-- read
select m.*, "m"."created" as "s0", "m"."model" as "s1"
from logged_models as m
where m.tenant = ?
and "m"."experiment" = ?
and m.deleted = 0
and 1 = 1
and 1 = 1
and "m"."created" <= ?
and ("m"."created" < ?
  or ("m"."model" > ?))
order by "m"."created" desc, "m"."model"
limit ?
--   1: 1
--   2: 0
--   3: <time>
--   4: <time>
--   5: <number>
--   6: 2

-- read
select "model", "key", "value"
from "logged_model_params"
where "tenant" = ?
and "model" in (select value
  from json_each(?))
order by "model", "key"
--   1: 1
--   2: "[<number>]"

-- read
select "model", "key", "value"
from "logged_model_tags"
where "tenant" = ?
and "model" in (select value
  from json_each(?))
order by "model", "key"
--   1: 1
--   2: "[<number>]"

-- read
select "model", "key", "value", "timestamp", "step", "run_id", "dataset_name", "dataset_digest"
from "logged_model_metrics"
where "tenant" = ?
and "model" in (select value
  from json_each(?))
order by "model", "position"
--   1: 1
--   2: "[<number>]"

-- # metric, param, tag and attributes

-- read
select (select count(*)
  from (select 1
    from (select t.model
      from "logged_model_metrics" as t
      where t.tenant = ?
      and "t"."experiment" = ?
      and t.key = ?
      and "t"."value" > ?) r
    limit ?) c) as "c0", (select count(*)
  from (select 1
    from (select t.model
      from "logged_model_params" as t
      where t.tenant = ?
      and "t"."experiment" = ?
      and t.key = ?
      and "t"."value_key" = ?) r
    limit ?) c) as "c1", (select count(*)
  from (select 1
    from (select t.model
      from "logged_model_tags" as t
      where t.tenant = ?
      and "t"."experiment" = ?
      and t.key = ?
      and "t"."value_key" = ?) r
    limit ?) c) as "c2", (select count(*)
  from (select 1
    from (select t.model
      from logged_models as t
      where t.tenant = ?
      and "t"."experiment" = ?
      and "t"."name_key" >= ?
      and "t"."name_key" < ?) r
    limit ?) c) as "c3"
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
where m.tenant = ?
and m.model in (select t.model
  from "logged_model_metrics" as t
  where t.tenant = ?
  and "t"."experiment" = ?
  and t.key = ?
  and "t"."value" > ?)
and +m.experiment in (?)
and m.deleted = 0
and (exists (select 1
    from "logged_model_metrics" as t
    where t.tenant = ?
    and t.model = m.model
    and t.key = ?
    and ("t"."value" > ?)
    limit 1 offset 0)
  and exists (select 1
    from "logged_model_params" as t
    where t.tenant = ?
    and t.model = m.model
    and t.key = ?
    and ("t"."value" = ?)
    limit 1 offset 0)
  and exists (select 1
    from "logged_model_tags" as t
    where t.tenant = ?
    and t.model = m.model
    and t.key = ?
    and ("t"."value" = ?)
    limit 1 offset 0)
  and "m"."name" glob ?)
and 1 = 1
and 1 = 1
order by "m"."created" desc, "m"."model"
limit ?
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
--   16: "net*"
--   17: 11
