-- # all, two pages

-- read
select e.*
from experiments as e
where e.tenant = $1
and e.deleted = 0
and 1 = 1
and 1 = 1
order by "e"."created" desc, "e"."experiment"
limit $2
--   1: 1
--   2: 2

-- read
select "experiment", "key", "value"
from "experiment_tags"
where "tenant" = $1
and "experiment" in ($2)
order by "experiment", "key"
--   1: 1
--   2: 2

-- # all, two pages: the second

-- read
select e.*
from experiments as e
where e.tenant = $1
and e.deleted = 0
and 1 = 1
and "e"."created" <= $2
and ("e"."created" < $3
  or ("e"."experiment" > $4))
order by "e"."created" desc, "e"."experiment"
limit $5
--   1: 1
--   2: <time>
--   3: <time>
--   4: 2
--   5: 2

-- read
select "experiment", "key", "value"
from "experiment_tags"
where "tenant" = $1
and "experiment" in ($2)
order by "experiment", "key"
--   1: 1
--   2: 1

-- # attributes and tags, by name

-- read
select e.*
from experiments as e
where e.tenant = $1
and 1 = 1
and (("e"."name" ilike $2 escape '')
  and ("e"."created" >= $3)
  and (exists (select 1
      from experiment_tags as t
      where t.tenant = $4
      and t.experiment = e.experiment
      and t.key = $5
      and "t"."value" = $6))
  and (not (exists (select 1
        from experiment_tags as t
        where t.tenant = $7
        and t.experiment = e.experiment
        and t.key = $8
        and 1 = 1))))
and 1 = 1
order by "e"."name" desc, "e"."updated", "e"."experiment" desc
limit $9
--   1: 1
--   2: "%a%"
--   3: 5
--   4: 1
--   5: "team"
--   6: "vision"
--   7: 1
--   8: "old"
--   9: 11
