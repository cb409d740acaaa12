"""The filters and orders whose verdicts record_filters.py asks of the real server: chosen ones, and random ones."""

import random

RUN_FILTERS = r'''
metrics.acc > 0.5
metric.acc >= 0.5
metrics.acc < 0.9
metrics.acc <= .9
metrics.acc = 0.9
metrics.acc != 0.9
metrics.acc > -1
metrics.acc > -1e-3
metrics.acc > 1e3
metrics.acc > 1E3
metrics.acc > 5.
metrics.acc>0.5
metrics.acc > 1e400
metrics.acc > 007
metrics.acc > 0x1F
metrics.acc > 1e+5
metrics.acc > - 1
metrics.acc > '0.5'
metrics.acc > NaN
metrics.acc > inf
metrics.acc == 0.5
metrics.acc <> 0.5
metrics.acc => 0.5
metrics.acc LIKE 1
metrics.acc LIKE '1'
metrics.acc IS NULL
metrics.acc IN (0.5, 0.9)
metrics.acc
metrics.acc >
> 0.5
0.5 < metrics.acc
0.1 < metrics.acc < 0.9
metrics.acc > 0.5 > 0.1
metrics.acc > metrics.loss
metrics.acc > (0.5)
metrics.acc > 0.5.5
metrics.acc > 1b
metrics.acc > 0.5 desc
metrics.acc desc > 0.5
metrics."acc" > 0.5
metrics.`acc` > 0.5
metrics.'acc' > 0.5
metrics.[acc] > 0.5
`metrics`.acc > 0.5
"metrics".acc > 0.5
metrics . acc > 0.5
metrics. acc > 0.5
metrics .acc > 0.5
Metrics.acc > 0.5
METRICS.acc > 0.5
metrics.Acc > 0.5
metrics.точность > 0.5
metrics.准确率 > 0.5
metrics.1st > 0.5
metrics.1 > 0.5
metrics._a > 0.5
metrics.a-b > 0.5
metrics.`a-b` > 0.5
metrics."a b" > 0.5
metrics.a/b > 0.5
metrics.a:b > 0.5
metrics.a::b > 0.5
metrics.a->b > 0.5
metrics.a.b.c > 0.5
metrics.max(acc) > 0.5
metrics.max > 0.5
metrics.min > 0.5
metrics.in > 0.5
metrics.input > 0.5
metrics.or > 0.5
metrics.and > 0.5
metrics.not > 0.5
metrics.created > 0
metrics.from > 0.5
metrics. > 0.5
metrics > 0.5
.acc > 0.5
max(metrics.acc) > 0.5
max (metrics.acc) > 0.5
first(metrics.acc) > 0.5
last (metrics.acc) > 0.5
min(metrics.loss) <= 0
avg(metrics.acc) > 0.5
max(params.lr) > 0.5
max(metrics.acc > 0.5)
params.lr = '0.01'
param.lr = '0.01'
parameter.lr = '0.01'
parameters.lr = '0.01'
params.lr = "0.01"
params.lr = `0.01`
params.lr = 0.01
params.lr = abc
params.lr = true
params.lr = NULL
params.lr = ''
params.lr = ""
params.lr != '0.01'
params.lr > '0.01'
params.lr LIKE '0.%'
params.lr like '0.%'
params.lr ILIKE '0.%'
params.opt LIKE 'Adam'
params.opt LIKE 'a%'
params.opt ILIKE 'a%'
params.opt ILIKE 'ä%'
params.pct LIKE '100\%'
params.pct LIKE '100_'
params.opt NOT LIKE 'a%'
params.opt RLIKE 'a.*'
params.opt IS NULL
params.opt IS NOT NULL
params.opt is null
params.opt is not null
params.opt IS NOT  NULL
params.opt IS  NULL
params.opt IS NUL
params.opt IS 'x'
params.opt NOT NULL
params.opt IS NULL AND params.lr IS NOT NULL
params.opt = NULL
params.opt IN ('adam')
params.opt IN ('adam', 'sgd')
params.opt NOT IN ('adam')
params.opt = ('adam')
params.`quote` = 'it''s'
params.quote = "it's"
params.quote = 'it\'s'
params.quote = 'it's'
params.quote = "say ""hi"""
params.lr = '0.01' AND metrics.acc > 0.5
params.lr = '0.01' and metrics.acc > 0.5
params.lr = '0.01' metrics.acc > 0.5
params.lr = '0.01' AND
AND params.lr = '0.01'
AND AND params.lr = '0.01' AND AND
AND
params.lr = '0.01' , metrics.acc > 0.5
params.lr = '0.01' OR params.lr = '0.1'
NOT params.lr = '0.01'
NOT (params.lr = '0.01')
NOT(params.lr = '0.01')
(params.lr = '0.01')
(params.lr = '0.01' OR metrics.acc > 0.5) AND tags.team = 'red'
(params.lr = '0.01'
params.lr = '0.01')
params.lr = '0.01' OR
OR params.lr = '0.01'
params.lr = '0.01' XOR params.lr = '0.1'
params.lr BETWEEN '0' AND '1'
metrics.acc BETWEEN 0 AND 1
params.lr = '0.01';
params.lr = '0.01'; params.opt = 'adam'
; params.lr = '0.01'
params.lr = '0.01' -- note
params.lr = '0.01' /* note */ AND params.opt = 'adam'
params.lr = '0.01' # note
/* note */ params.lr = '0.01'
params.lr = 'a' || 'b'
params.lr + '1' = '0.01'
params.lr = '0.01' ORDER BY lr
where params.lr = '0.01'
select * from runs where params.lr = '0.01'
case when 1 then 2 end = 3
params.lr = date '2026-01-01'
params.lr = '0.01' AS x
params.lr x = '0.01'
params.lr = "a" "b"
params.lr = "a"."b"
params.lr = '0.01
params.lr = "0.01
params.lr = 'ünï 中文 🙂'
params.модель = 'дерево'
params.a b = 'x'
params."a b" = 'x'
params.`a"b` = 'x'
params.`a`b` = 'x'
params.created = 'yes'
params.`Run name` = 'a'
tags.team = 'red'
tag.team = 'red'
tags.team != 'red'
tags.`mlflow.runName` = 'a'
tags.mlflow.runName = 'a'
tags."mlflow.runName" LIKE '_'
tags.created = 'yes'
tags.start_time = 'now'
tags.team > 'red'
tags.team == 'red'
tags.team IN ('red', 'blue')
tags.team NOT IN ('red')
tags.team IS NULL
tags.team IS NOT NULL AND tags.created IS NULL
tags.team = 1
tags.team = red
tags.note = 'line
two'
tags.`a b` = 'x y'
Tags.team = 'red'
TAG.team = 'red'
run_id = 'x'
run_id != 'x'
run_id LIKE '%'
run_id ILIKE 'ABC%'
run_id IN ('a', 'b')
run_id in ('a')
run_id NOT IN ('a', "b")
run_id NOT  IN ('a')
run_id IN ('a',)
run_id IN ('a' 'b')
run_id IN (('a', 'b'))
run_id IN ('a', ('b'))
run_id IN ('a', ('b', 'c'))
run_id IN ('a\'b', 'c\\d', 'e\x41', '\101')
run_id IN (r'a\b', u'c')
run_id IN ('a', # note
'b')
run_id IN ()
run_id IN (,)
run_id IN ('a',,'b')
run_id IN (a)
run_id IN (1, 2)
run_id IN ('a', 1)
run_id IN ('a', -1.5, 1e3)
run_id IN ('a'
run_id IN 'a'
run_id IN ['a']
run_id = ('a', 'b')
run_id LIKE ('a')
run_id IS NULL
run_id IN ('a') AND status = 'FINISHED'
run_id IN ('a') status = 'FINISHED'
attribute.run_id = 'x'
attributes.run_id = 'x'
attr.run_id = 'x'
run.run_id = 'x'
`run_id` = 'x'
"run_id" = 'x'
attributes.`run_id` = 'x'
attributes."run_id" = 'x'
run_name = 'a'
attributes.run_name LIKE '%'
`run name` = 'a'
`Run name` = 'a'
`Run Name` != 'a'
`RUN NAME` = 'a'
attributes.`Run name` ILIKE 'A'
run_name IN ('a', 'b')
run_name IS NULL
Run Name = 'a'
status = 'FINISHED'
status != 'FINISHED'
status = 'finished'
status LIKE 'F%'
status ILIKE 'f%'
status IN ('FINISHED', 'FAILED')
status IN (FINISHED)
status = FINISHED
status = 3
status > 'A'
user_id = ''
user_id = 'ann'
artifact_uri LIKE '%artifacts'
start_time > 1000
start_time >= 1000
start_time < 1000
start_time <= 1000
start_time = 1000
start_time != 1000
start_time = 1000.0
start_time > 999.5
start_time > 1e3
start_time = '1000'
start_time > 9007199254740992
start_time = 9007199254740993
start_time < 9223372036854775807
start_time > 9223372036854775808
start_time > -5
start_time LIKE 1000
start_time LIKE '1%'
start_time IN (1000, 2000)
start_time IS NULL
created > 1000
Created > 1000
attributes.created > 1000
CREATED > 1000
end_time > 0
end_time IS NULL
end_time != 0
dataset.name = 'ds1'
datasets.name = 'ds1'
dataset.name != 'ds1'
dataset.name LIKE 'ds%'
dataset.name ILIKE 'DS%'
dataset.name IN ('ds1', 'ds2')
dataset.name NOT IN ('ds1')
dataset.name = ('ds1')
dataset.name > 'ds1'
dataset.name = 1
dataset.name IS NULL
dataset.digest = 'd1'
dataset.context = 'train'
dataset.context != 'train'
dataset.context IN ('train', 'test')
dataset.`name` = 'ds1'
dataset.source = 'x'
dataset.name = 'ds1' AND dataset.name = 'ds2'
dataset.name = 'ds1' AND dataset.context = 'test'
experiment_id = '0'
run_uuid = 'x'
lifecycle_stage = 'active'
duration > 5
foo = 'x'
foo.bar = 'x'
foo.bar.baz = 'x'
model.name = 'x'
trace.status = 'OK'
attributes.foo = 'x'
attributes.metrics.acc > 0.5
1
'a'
metrics.acc > 0.5 garbage
garbage metrics.acc > 0.5
(
)
()
((metrics.acc > 0.5))
=
metrics.acc > 0.5 AND (params.lr = '0.01' OR NOT tags.team IS NULL)
NOT NOT metrics.acc > 0.5
metrics.acc > 0.5 AND NOT
foo.bar = 1 AND metrics.acc == 1
metrics.acc == 1 AND foo.bar = 1
metrics.acc == 1 AND params.lr <> 'x'
'''

EXPERIMENT_FILTERS = r"""
name = 'alpha'
name != 'alpha'
name LIKE 'a%'
name ILIKE 'a%'
name like 'a%'
name > 'a'
name IN ('alpha', 'beta')
name in ('alpha')
name NOT IN ('alpha')
name IS NULL
name = ('alpha')
name = "alpha"
name = alpha
name = 1
`name` = 'alpha'
"name" = 'alpha'
'name' = 'alpha'
Name = 'alpha'
attribute.name = 'alpha'
attribute.`name` = 'alpha'
`attribute`.name = 'alpha'
attributes.name = 'alpha'
attr.name = 'alpha'
experiment.name = 'alpha'
experiment_id = '1'
experiment_id != '1'
experiment_id = '01'
experiment_id = ' 1 '
experiment_id = '1_0'
experiment_id = '+1'
experiment_id = 'x'
experiment_id = ''
experiment_id = 1
experiment_id > '1'
experiment_id LIKE '1'
experiment_id IN ('1', '2')
experiment_id in ('1')
experiment_id NOT IN ('1')
experiment_id not in ('1')
experiment_id IN ('x')
experiment_id IN (1)
experiment_id IN ()
experiment_id = ('1')
experiment_id IS NULL
creation_time > 0
creation_time >= 0
creation_time = 0
creation_time != 0
creation_time < 99999999999999
creation_time <= 1.5
creation_time > 1e3
creation_time > '0'
creation_time LIKE 0
creation_time IN (1, 2)
creation_time > 9223372036854775808
last_update_time > 0
attribute.last_update_time > 0
lifecycle_stage = 'active'
artifact_location LIKE '%'
tags.team = 'red'
tag.team = 'red'
tags.team != 'red'
tags.team LIKE 'r%'
tags.team ILIKE 'R%'
tags.team ilike 'R%'
tags.team IS NULL
tags.team IS NOT NULL
tags.team is null
tags.team IN ('red')
tags.team > 'r'
tags.team = 1
tags.`a b` = 'x'
tags."a b" = 'x'
tags.a.b = 'x'
tags.created = 'x'
metrics.acc > 1
params.a = 'x'
name = 'alpha' AND tags.team = 'red'
name = 'alpha' and tags.team = 'red'
name = 'alpha' OR name = 'beta'
NOT name = 'alpha'
(name = 'alpha')
name = 'alpha' tags.team = 'red'
name = 'alpha' AND
name BETWEEN 'a' AND 'b'
name = 'alpha';
name = 'alpha'; name = 'beta'
name == 'alpha'
name <> 'alpha'
max(metrics.acc) > 1
"""

REGISTERED_MODEL_FILTERS = r"""
name = 'm1'
name != 'm1'
name LIKE 'm%'
name ILIKE 'M%'
name like 'm%'
name > 'm1'
name IN ('m1', 'm2')
name in ('m1')
name NOT IN ('m1')
name IN (m1)
name IN ()
name IS NULL
name = ('m1')
name = m1
name = 1
`name` = 'm1'
"name" = 'm1'
attribute.name = 'm1'
attribute.`name` = 'm1'
attributes.name = 'm1'
Name = 'm1'
tags.team = 'red'
tag.team = 'red'
tags.team != 'red'
tags.team LIKE 'r%'
tags.team ilike 'R%'
tags.team > 'r'
tags.team IN ('red')
tags.team IS NULL
tags.team = 1
tags.`mlflow.prompt.is_prompt` = 'true'
tags.`mlflow.prompt.is_prompt` != 'true'
creation_timestamp > 0
last_updated_timestamp > 0
timestamp > 0
run_id = 'x'
name = 'm1' AND tags.team = 'red'
name = 'm1' OR name = 'm2'
NOT name = 'm1'
name BETWEEN 'a' AND 'b'
name = 'm1';
name = 'm1'; name = 'm2'
"""

MODEL_VERSION_FILTERS = r"""
name = 'm1'
name LIKE 'm%'
name IN ('m1', 'm2')
name NOT IN ('m1')
name = 5
name = 5.5
name > 'm1'
name IS NULL
`name` = 'm1'
attribute.name = 'm1'
run_id = 'r1'
run_id IN ('r1', 'r2')
run_id > 'r1'
source_path = 's3://b/one'
source_path LIKE '%one'
source_path IN ('s3://b/one')
source_path = ('s3://b/one')
source = 'x'
version_number = 1
version_number > 1
version_number != 1
version_number = '1'
version_number = ' 1 '
version_number = 'x'
version_number = 1.5
version_number = 1.0
version_number LIKE '1'
version_number IN (1)
version_number IN ('1')
version_number = (1)
version_number IS NULL
version = 1
version > '1'
status = 'READY'
current_stage = 'None'
creation_timestamp > 0
tags.team = 'red'
tag.team != 'red'
tags.team > 'r'
tags.team IN ('red')
tags.team IS NULL
name = 'm1' AND version_number > 1
name = 'm1' OR version_number = 1
NOT version_number = 1
metrics.acc > 1
"""

LOGGED_MODEL_FILTERS = r"""
name = 'tree'
name != 'tree'
name = tree
name = "tree"
name LIKE 't%'
name like 't%'
name ILIKE 'T%'
name IN ('tree', 'net')
name NOT IN ('tree')
name in ('tree')
name IN ('tree', 1)
name IN ()
name IN (tree)
name = ('tree')
name = 'tr''ee'
name == 'tree'
name > 'tree'
name IS NULL
`name` = 'tree'
"name" = 'tree'
attributes.name = 'tree'
attributes.`name` = 'tree'
attribute.name = 'tree'
model_id LIKE 'm-%'
model_type = ''
status = 2
status = 'READY'
source_run_id = ''
experiment_id = '1'
creation_time > 0
creation_timestamp > 0
creation_timestamp_ms > 0
attributes.creation_timestamp_ms > 0
last_updated_timestamp > 0
last_updated_timestamp_ms >= 1.5
creation_time > 'x'
creation_time LIKE 1
creation_time IN (1, 2)
foo = 'x'
foo.bar = 'x'
metric.acc > 0.5
metrics.acc > 0.5
metrics.acc >= 1e-3
metrics.acc > nan
metrics.acc < inf
metrics.acc > '0.5'
metrics.acc LIKE 1
metrics.acc IN (0.5)
metrics.acc IS NULL
metrics.a-b > 0.5
metrics.`a b` > 0.5
metrics."a b" > 0.5
metrics.a.b > 0.5
params.lr = '0.1'
params.lr = 0.1
params.lr = "0.1"
params.lr IN ('0.1')
params.lr > '0.1'
param.lr = '0.1'
tags.team = 'red'
tags.team IS NOT NULL
Tags.team = 'red'
name = 'tree' AND metrics.acc > 0.5
name = 'tree' and params.lr = '0.1'
name = 'tree' params.lr = '0.1'
name = 'tree' AND
name = 'tree' OR name = 'net'
NOT name = 'tree'
(name = 'tree')
name = 'tree'; name = 'net'
name = 'tree';
name
"""

RUN_ORDERS = [
    [], [""], [" "], ["start_time"], ["start_time DESC"], ["start_time desc"], ["start_time Asc"], ["START_TIME"],
    ["attribute.start_time"], ["attributes.start_time DESC"], ["run.start_time"], ["created"], ["Created DESC"],
    ["end_time"], ["run_id"], ["run_name"], ["`Run name`"], ["status"], ["artifact_uri"], ["user_id"],
    ["experiment_id"], ["lifecycle_stage"], ["duration"], ["foo"], ["foo.bar"], ["metrics.acc"], ["metrics.acc DESC"],
    ["metric.acc ASC"], ["metrics.`acc` DESC"], ['metrics."acc"'], ['metrics."a b" DESC'], ["metrics.`a b`"],
    ["metrics.'acc'"], ["metrics.'acc' DESC"], ["`metrics`.acc"], ["`metrics`.acc DESC"], ["metrics.a-b"],
    ["metrics.`it's` DESC"], ['metrics.`a"b` DESC'], ["metrics.acc foo"], ["metrics.acc ASC DESC"],
    ["metrics.acc DESC NULLS LAST"], ["metrics.acc, metrics.loss"], ["metrics.acc", "metrics.loss DESC"],
    [" metrics.acc"], ["metrics.acc "], ["metrics.acc  DESC"], ["metrics.acc\tDESC"], ["params.lr"], ["params.lr DESC"],
    ["tags.team"], ["tag.team DESC"], ["dataset.name"], ["dataset.foo"], ["metrics.created"], ["metrics.desc"],
    ["metrics.in"], ["metrics.1"], ["1"], ["1 DESC"], ["'start_time'"], ['"start_time"'], ["`start_time` DESC"],
    ["metrics.acc", "metrics.acc"], ["metrics.acc", "metrics.acc DESC"], ["start_time", "created DESC"],
    ["start_time", "attribute.start_time"], ["metrics.a", "params.a", "tags.a"], ["start_time", "start_time", "foo"],
    ["foo", "start_time", "start_time"], ["max(metrics.acc)"], ["max(metrics.acc) DESC"], ["first (metrics.acc) asc"],
    ["max(params.lr)"], ["max(metrics.acc) foo"], ["timestamp"], ["metrics.acc;"], ["metrics.acc; metrics.loss"],
    ["-- metrics.acc"], ["metrics.точность DESC"], ["it's", "it's"], ["metrics.a\\ b DESC"],
]

EXPERIMENT_ORDERS = [
    [], ["name"], ["name DESC"], ["attribute.name desc"], ["attributes.name"], ["experiment_id"], ["experiment_id DESC"],
    ["creation_time"], ["last_update_time DESC"], ["lifecycle_stage"], ["artifact_location"], ["tags.team"], ["tag.name"],
    ["metrics.acc"], ["name", "name DESC"], ["name, experiment_id"], ["name foo"], [""], ["`name`"], ["`name` DESC"],
    ["max(metrics.acc)"], ["foo"],
]

REGISTERED_MODEL_ORDERS = [
    [], ["name"], ["name DESC"], ["timestamp"], ["timestamp DESC"], ["timestamp  asc"], ["TIMESTAMP"],
    ["last_updated_timestamp"], ["last_updated_timestamp DESC"], ["creation_timestamp"], ["attribute.name"], ["`name`"],
    ["`name` DESC"], ["name", "timestamp"], ["name", "name"], ["timestamp", "last_updated_timestamp"], ["foo"],
    ["timestamp foo"], ["name foo"], [""],
]

MODEL_VERSION_ORDERS = [
    [], ["name"], ["version_number DESC"], ["creation_timestamp"], ["last_updated_timestamp"], ["attribute.name"],
    ["tags.name"], ["tags.foo"], ["attributes.name"], ["run_id"], ["version"], ["name", "name"],
    ["version_number", "attribute.version_number"], ["name foo"],
]

FILTERS = {
    "runs": RUN_FILTERS,
    "experiments": EXPERIMENT_FILTERS,
    "registered-models": REGISTERED_MODEL_FILTERS,
    "model-versions": MODEL_VERSION_FILTERS,
    "logged-models": LOGGED_MODEL_FILTERS,
}
ORDERS = {
    "runs": RUN_ORDERS,
    "experiments": EXPERIMENT_ORDERS,
    "registered-models": REGISTERED_MODEL_ORDERS,
    "model-versions": MODEL_VERSION_ORDERS,
}


def chosen_filters(entity: str) -> list[str]:
    """One filter a line; a line that starts inside a quoted text or list continues the line before it."""
    filters: list[str] = []
    for line in FILTERS[entity].strip("\n").split("\n"):
        if line in ("two'", "'b')"):
            filters[-1] += "\n" + line
        else:
            filters.append(line)
    return [*filters, " ", "\t\n"]


PREFIXES = {
    "runs": ["metrics.", "params.", "tags.", "dataset.", "attributes.", "run.", "", "", "foo."],
    "experiments": ["tags.", "tag.", "attribute.", "", "", "attributes."],
    "registered-models": ["tags.", "tag.", "attribute.", "", "", "attributes."],
    "model-versions": ["tags.", "tag.", "attribute.", "", "", "attributes."],
    "logged-models": ["metrics.", "params.", "tags.", "attributes.", "", ""],
}
ATTRIBUTES = {
    "runs": ["start_time", "end_time", "run_id", "run_name", "status", "created", "`Run name`", "name", "context", "foo"],
    "experiments": ["name", "experiment_id", "creation_time", "last_update_time", "foo"],
    "registered-models": ["name", "name", "foo", "timestamp"],
    "model-versions": ["name", "version_number", "run_id", "source_path", "version"],
    "logged-models": ["name", "creation_time", "status", "model_id", "foo"],
}
KEYS = ["acc", "lr", "a.b", "`a b`", '"a b"', "'a b'", "a-b", "in", "desc", "from", "1", "x1", "é", "中", "`a``b`", "[a b]"]
OPERATORS = ["=", "=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "like", "IN", "NOT IN", "IS NULL", "IS NOT NULL",
             "==", "<>", "NOT LIKE", "is null", "in"]
VALUES = ["1", "0.5", ".5", "-2", "1e3", "'x'", "'a b'", '"x"', "''", "'it''s'", r"'it\'s'", '"a""b"', "true", "foo", "NULL",
          "('a', 'b')", "('a')", "('a',)", "(1, 2)", "()", "`x`", "'%_'", "'1'", "99999999999999999999", "date '2026'"]
JOINERS = [" AND ", " AND ", " and ", " ", "\n", " OR ", " , ", "  AND  ", " AND AND "]
NOISE = ["AND", "OR", "NOT", "(", ")", ",", ";", "foo", "desc", "'", '"', "`", ".", "-", "*", "=", "::", "AS", "#", "->", "1",
         "\\", "[", "]", "$x", "%s", "where ", "?", " "]


def random_filter(entity: str, chance: random.Random) -> str:
    """A filter that looks like those people write, in four of ten cases with something odd put in or left out."""
    clauses = []
    for _ in range(chance.choice([1, 1, 2, 2, 3])):
        prefix = chance.choice(PREFIXES[entity])
        own = prefix in ("", "attribute.", "attributes.", "run.", "dataset.")
        side = prefix + chance.choice(ATTRIBUTES[entity] if own and chance.random() < 0.9 else KEYS)
        operator = chance.choice(OPERATORS)
        value = "" if operator.upper().startswith("IS ") else chance.choice(VALUES)
        gap = chance.choice([" ", " ", " ", "", "  "])
        blank = gap if operator[0] in "=!<>" else " "
        clauses.append(f"{side}{blank}{operator}{blank if value else ''}{value}")
    text = clauses[0]
    for clause in clauses[1:]:
        text += chance.choice(JOINERS) + clause
    if chance.random() < 0.4:
        at = chance.randrange(len(text) + 1)
        if chance.random() < 0.6:
            text = text[:at] + chance.choice(NOISE) + text[at:]
        else:
            text = text[:at] + text[at + chance.choice([1, 2, 4]):]
    return text
