-- # all, two pages

-- read
select e.*
from experiments as e
where e.tenant = ?
and e.deleted = 0
and 1 = 1
and 1 = 1
order by "e"."created" desc, "e"."experiment"
limit ?
--   1: 1
--   2: 2

-- read
select "experiment", "key", "value"
from "experiment_tags"
where "tenant" = ?
and "experiment" in (?)
order by "experiment", "key"
--   1: 1
--   2: 2

-- # all, two pages: the second

-- read
select e.*
from experiments as e
where e.tenant = ?
and e.deleted = 0
and 1 = 1
and "e"."created" <= ?
and ("e"."created" < ?
  or ("e"."experiment" > ?))
order by "e"."created" desc, "e"."experiment"
limit ?
--   1: 1
--   2: <time>
--   3: <time>
--   4: 2
--   5: 2

-- read
select "experiment", "key", "value"
from "experiment_tags"
where "tenant" = ?
and "experiment" in (?)
order by "experiment", "key"
--   1: 1
--   2: 1

-- # attributes and tags, by name

-- read
select e.*
from experiments as e
where e.tenant = ?
and 1 = 1
and (("e"."name" like ?)
  and ("e"."created" >= ?)
  and (exists (select 1
      from experiment_tags as t
      where t.tenant = ?
      and t.experiment = e.experiment
      and t.key = ?
      and "t"."value" = ?))
  and (not (exists (select 1
        from experiment_tags as t
        where t.tenant = ?
        and t.experiment = e.experiment
        and t.key = ?
        and 1 = 1))))
and 1 = 1
order by "e"."name" desc, "e"."updated", "e"."experiment" desc
limit ?
--   1: 1
--   2: "%a%"
--   3: 5
--   4: 1
--   5: "team"
--   6: "vision"
--   7: 1
--   8: "old"
--   9: 11
