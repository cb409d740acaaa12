-- # all, two pages

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select cast(json_agg(json_build_array(t.key, t.value)
      order by t.key) as text)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from model_versions as v
cross join lateral (select m.*
  from registered_models as m
  where m.tenant = $1
  and m.model = v.model offset 0) as r
where r.tenant = $2
and v.tenant = $3
and 1 = 1
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = $4
  and t.key = $5
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and 1 = 1
and 1 = 1
order by "v"."updated" desc, "r"."name", "v"."version" desc
limit $6
--   1: 1
--   2: 1
--   3: 1
--   4: 1
--   5: "mlflow.prompt.is_prompt"
--   6: 2

-- # all, two pages: the second

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select cast(json_agg(json_build_array(t.key, t.value)
      order by t.key) as text)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from model_versions as v
cross join lateral (select m.*
  from registered_models as m
  where m.tenant = $1
  and m.model = v.model offset 0) as r
where r.tenant = $2
and v.tenant = $3
and 1 = 1
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = $4
  and t.key = $5
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and 1 = 1
and "v"."updated" <= $6
and ("v"."updated" < $7
  or ("r"."name" >= $8
    and ("r"."name" > $9
      or ("v"."version" < $10))))
order by "v"."updated" desc, "r"."name", "v"."version" desc
limit $11
--   1: 1
--   2: 1
--   3: 1
--   4: 1
--   5: "mlflow.prompt.is_prompt"
--   6: <time>
--   7: <time>
--   8: "model b"
--   9: "model b"
--   10: 2
--   11: 2

-- # of one model, by number, two pages

-- lookup
select *
from "registered_models"
where "tenant" = $1
and "name" = $2
--   1: 1
--   2: "model a"

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select cast(json_agg(json_build_array(t.key, t.value)
      order by t.key) as text)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from model_versions as v
cross join lateral (select m.*
  from registered_models as m
  where m.tenant = $1
  and m.model = v.model offset 0) as r
where r.tenant = $2
and v.tenant = $3
and v.model = $4
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = $5
  and t.key = $6
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and 1 = 1
and 1 = 1
order by "v"."version"
limit $7
--   1: 1
--   2: 1
--   3: 1
--   4: <number>
--   5: 1
--   6: "mlflow.prompt.is_prompt"
--   7: 2

-- # of one model, by number, two pages: the second

-- lookup
select *
from "registered_models"
where "tenant" = $1
and "name" = $2
--   1: 1
--   2: "model a"

-- read
select r.name, "v"."version", "v"."created", "v"."updated", "v"."description", "v"."user_id", "v"."stage", "v"."source",
"v"."storage_location", "v"."run_id", "v"."run_link", "v"."model_id", "v"."source_tenant", "v"."status", "v"."status_message",
"v"."revision", (select cast(json_agg(json_build_array(t.key, t.value)
      order by t.key) as text)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from model_versions as v
cross join lateral (select m.*
  from registered_models as m
  where m.tenant = $1
  and m.model = v.model offset 0) as r
where r.tenant = $2
and v.tenant = $3
and v.model = $4
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = $5
  and t.key = $6
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and 1 = 1
and "v"."version" > $7
order by "v"."version"
limit $8
--   1: 1
--   2: 1
--   3: 1
--   4: <number>
--   5: 1
--   6: "mlflow.prompt.is_prompt"
--   7: 1
--   8: 2

-- # run, source and tag

-- read
select (select count(*)
  from (select 1
    from (select t.model, t.version
      from model_versions as t
      where t.tenant = $1
      and "t"."run_id" = $2
      and 1 = 1) r
    limit $3) c) as "c0", (select count(*)
  from (select 1
    from (select t.model, t.version
      from model_versions as t
      where t.tenant = $4
      and "t"."source_key" >= $5
      and "t"."source_key" < $6
      and 1 = 1) r
    limit $7) c) as "c1", (select count(*)
  from (select 1
    from (select t.model, t.version
      from model_version_tags as t
      where t.tenant = $8
      and t.key = $9
      and "t"."value_key" = $10
      and 1 = 1) r
    limit $11) c) as "c2"
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
"v"."revision", (select cast(json_agg(json_build_array(t.key, t.value)
      order by t.key) as text)
  from model_version_tags as t
  where t.tenant = v.tenant
  and t.model = v.model
  and t.version = v.version) as tags, null as aliases
from (select t.model, t.version
  from model_versions as t
  where t.tenant = $1
  and "t"."run_id" = $2
  and 1 = 1) as c
cross join lateral (select w.*
  from model_versions as w
  where w.tenant = $3
  and w.model = c.model
  and w.version = c.version offset 0) as v
cross join lateral (select m.*
  from registered_models as m
  where m.tenant = $4
  and m.model = v.model offset 0) as r
where r.tenant = $5
and v.tenant = $6
and 1 = 1
and 1 = 1
and not exists (select 1
  from model_version_tags as t
  where t.tenant = $7
  and t.key = $8
  and t.value_key = 'true'
  and t.model = v.model
  limit 1 offset 0)
and (("v"."run_id" = $9)
  and ("v"."source" like $10 escape '')
  and (exists (select 1
      from model_version_tags as t
      where t.tenant = $11
      and t.model = v.model
      and t.version = v.version
      and t.key = $12
      and ("t"."value" = $13)
      limit 1 offset 0)))
and 1 = 1
order by "v"."created" desc, "r"."name", "v"."version" desc
limit $14
--   1: 1
--   2: "r1"
--   3: 1
--   4: 1
--   5: 1
--   6: 1
--   7: 1
--   8: "mlflow.prompt.is_prompt"
--   9: "r1"
--   10: "s3://%"
--   11: 1
--   12: "team"
--   13: "vision"
--   14: 11
