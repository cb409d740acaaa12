-- # all, two pages

-- read
select m.*
from registered_models as m
where m.tenant = ?
and 1 = 1
and 1 = 1
and m.is_prompt = 0
and 1 = 1
and 1 = 1
order by "m"."name"
limit ?
--   1: 1
--   2: 2

-- read
select "page"."place", "t"."key", "t"."value"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "registered_model_tags" as "t"
where "t"."tenant" = ?
and "t"."model" = "page"."number"
order by "page"."place", "t"."key"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "a"."alias", "a"."version"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "model_aliases" as "a"
where "a"."tenant" = ?
and "a"."model" = "page"."number"
order by "page"."place", "a"."alias"
--   1: "<number>"
--   2: 1

-- read
select page.place, r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage",
"v"."source", "v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status",
"v"."status_message", "v"."revision", (select json_group_array(json_array(t.key, t.value)
    order by t.key)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from (select key as place, value as number
  from json_each('[' || ? || ']')) as page
cross join (select 'None' as stage
  union all select 'Staging' as stage
  union all select 'Production' as stage
  union all select 'Archived' as stage) as s
cross join registered_models as r
cross join model_versions as v
where r.tenant = ?
and r.model = page.number
and v.tenant = ?
and v.model = page.number
and v.version = (select max(x.version)
  from model_versions as x
  where x.tenant = ?
  and x.model = page.number
  and x.stage = s.stage)
order by page.place, v.version
--   1: "<number>"
--   2: 1
--   3: 1
--   4: 1

-- # all, two pages: the second

-- read
select m.*
from registered_models as m
where m.tenant = ?
and 1 = 1
and 1 = 1
and m.is_prompt = 0
and 1 = 1
and "m"."name" > ?
order by "m"."name"
limit ?
--   1: 1
--   2: "model a"
--   3: 2

-- read
select "page"."place", "t"."key", "t"."value"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "registered_model_tags" as "t"
where "t"."tenant" = ?
and "t"."model" = "page"."number"
order by "page"."place", "t"."key"
--   1: "<number>"
--   2: 1

-- read
select "page"."place", "a"."alias", "a"."version"
from (select key as place, value as number
  from json_each('[' || ? || ']')) as "page"
cross join "model_aliases" as "a"
where "a"."tenant" = ?
and "a"."model" = "page"."number"
order by "page"."place", "a"."alias"
--   1: "<number>"
--   2: 1

-- read
select page.place, r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage",
"v"."source", "v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status",
"v"."status_message", "v"."revision", (select json_group_array(json_array(t.key, t.value)
    order by t.key)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from (select key as place, value as number
  from json_each('[' || ? || ']')) as page
cross join (select 'None' as stage
  union all select 'Staging' as stage
  union all select 'Production' as stage
  union all select 'Archived' as stage) as s
cross join registered_models as r
cross join model_versions as v
where r.tenant = ?
and r.model = page.number
and v.tenant = ?
and v.model = page.number
and v.version = (select max(x.version)
  from model_versions as x
  where x.tenant = ?
  and x.model = page.number
  and x.stage = s.stage)
order by page.place, v.version
--   1: "<number>"
--   2: 1
--   3: 1
--   4: 1

-- # name and tags, by time

-- read
select (select count(*)
  from (select 1
    from (select t.model
      from registered_model_tags as t
      where t.tenant = ?
      and t.key = ?
      and "t"."value_key" = ?) r
    limit 2001) c) as "c0", (select count(*)
  from (select 1
    from (select t.model
      from registered_model_tags as t
      where t.tenant = ?
      and t.key = ?
      and 1 = 1) r
    limit 2001) c) as "c1"
--   1: 1
--   2: "team"
--   3: "vision"
--   4: 1
--   5: "kind"

-- read
select m.*
from (select t.model
  from registered_model_tags as t
  where t.tenant = ?
  and t.key = ?
  and "t"."value_key" = ?) as c
cross join registered_models as m
where m.tenant = ?
and 1 = 1
and m.model = c.model
and m.is_prompt = 0
and ((m.name >= ?
    and m.name < ?
    and "m"."name" glob ?)
  and (exists (select 1
      from registered_model_tags as t
      where t.tenant = ?
      and t.model = m.model
      and t.key = ?
      and ("t"."value" = ?)
      limit 1 offset 0))
  and (exists (select 1
      from registered_model_tags as t
      where t.tenant = ?
      and t.model = m.model
      and t.key = ?
      and ("t"."value" <> ?)
      limit 1 offset 0)))
and 1 = 1
order by "m"."updated" desc, "m"."name"
limit ?
--   1: 1
--   2: "team"
--   3: "vision"
--   4: 1
--   5: "net"
--   6: "net􏿿"
--   7: "net*"
--   8: 1
--   9: "team"
--   10: "vision"
--   11: 1
--   12: "kind"
--   13: "old"
--   14: 11
