-- # all, two pages

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select json_group_array(json_array(t.key, t.value)
    order by t.key)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from model_versions as v indexed by "model_versions_updated"
cross join registered_models as r
on r.model = v.model
where r.tenant = ?
and v.tenant = ?
and 1 = 1
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = ?
  and t.key = ?
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and 1 = 1
and 1 = 1
order by "v"."updated" desc, "r"."name", "v"."version" desc
limit ?
--   1: 1
--   2: 1
--   3: 1
--   4: "mlflow.prompt.is_prompt"
--   5: 2

-- # all, two pages: the second

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select json_group_array(json_array(t.key, t.value)
    order by t.key)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from model_versions as v indexed by "model_versions_updated"
cross join registered_models as r
on r.model = v.model
where r.tenant = ?
and v.tenant = ?
and 1 = 1
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = ?
  and t.key = ?
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and 1 = 1
and "v"."updated" <= ?
and ("v"."updated" < ?
  or ("r"."name" >= ?
    and ("r"."name" > ?
      or ("v"."version" < ?))))
order by "v"."updated" desc, "r"."name", "v"."version" desc
limit ?
--   1: 1
--   2: 1
--   3: 1
--   4: "mlflow.prompt.is_prompt"
--   5: <time>
--   6: <time>
--   7: "model b"
--   8: "model b"
--   9: 2
--   10: 2

-- # of one model, by number, two pages

-- lookup
select *
from "registered_models"
where "tenant" = ?
and "name" = ?
--   1: 1
--   2: "model a"

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select json_group_array(json_array(t.key, t.value)
    order by t.key)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from model_versions as v
cross join registered_models as r
on r.model = v.model
where r.tenant = ?
and v.tenant = ?
and v.model = ?
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = ?
  and t.key = ?
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and 1 = 1
and 1 = 1
order by "v"."version"
limit ?
--   1: 1
--   2: 1
--   3: <number>
--   4: 1
--   5: "mlflow.prompt.is_prompt"
--   6: 2

-- # of one model, by number, two pages: the second

-- lookup
select *
from "registered_models"
where "tenant" = ?
and "name" = ?
--   1: 1
--   2: "model a"

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select json_group_array(json_array(t.key, t.value)
    order by t.key)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from model_versions as v
cross join registered_models as r
on r.model = v.model
where r.tenant = ?
and v.tenant = ?
and v.model = ?
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = ?
  and t.key = ?
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and 1 = 1
and "v"."version" > ?
order by "v"."version"
limit ?
--   1: 1
--   2: 1
--   3: <number>
--   4: 1
--   5: "mlflow.prompt.is_prompt"
--   6: 1
--   7: 2

-- # run, source and tag

-- read
select (select count(*)
  from (select 1
    from (select t.model, t.version
      from model_versions as t
      where t.tenant = ?
      and "t"."run_id" = ?
      and 1 = 1) r
    limit ?) c) as "c0", (select count(*)
  from (select 1
    from (select t.model, t.version
      from model_versions as t
      where t.tenant = ?
      and "t"."source_key" >= ?
      and "t"."source_key" < ?
      and 1 = 1) r
    limit ?) c) as "c1", (select count(*)
  from (select 1
    from (select t.model, t.version
      from model_version_tags as t
      where t.tenant = ?
      and t.key = ?
      and "t"."value_key" = ?
      and 1 = 1) r
    limit ?) c) as "c2"
--   1: 1
--   2: "r1"
--   3: 2001
--   4: 1
--   5: "s3://"
--   6: "s3://􏿿"
--   7: 2001
--   8: 1
--   9: "team"
--   10: "vision"
--   11: 2001

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select json_group_array(json_array(t.key, t.value)
    order by t.key)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from (select t.model, t.version
  from model_versions as t
  where t.tenant = ?
  and "t"."run_id" = ?
  and 1 = 1) as c
cross join model_versions as v
on v.model = c.model
and v.version = c.version
cross join registered_models as r
on r.model = v.model
where r.tenant = ?
and v.tenant = ?
and 1 = 1
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = ?
  and t.key = ?
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and (("v"."run_id" = ?)
  and ("v"."source" glob ?)
  and (exists (select 1
      from model_version_tags as t
      where t.tenant = ?
      and t.model = v.model
      and t.version = v.version
      and t.key = ?
      and ("t"."value" = ?)
      limit 1 offset 0)))
and 1 = 1
order by "v"."created" desc, "r"."name", "v"."version" desc
limit ?
--   1: 1
--   2: "r1"
--   3: 1
--   4: 1
--   5: 1
--   6: "mlflow.prompt.is_prompt"
--   7: "r1"
--   8: "s3://*"
--   9: 1
--   10: "team"
--   11: "vision"
--   12: 11
