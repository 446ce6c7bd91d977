// Rules as YAML and as JSON, with all members that Prometheus knows: see tests/checks/mixin.sh.
local mixin = import '../../deploy/mixin/mixin.libsonnet';
local yaml = import '../../deploy/mixin/yaml.libsonnet';

local rules = { groups: [{
  name: 'all-members',
  interval: '30s',
  limit: 10,
  rules: [
    { record: 'job:up:sum', expr: 'sum(up)', labels: { team: "it's ours" } },
    {
      alert: 'Down',
      expr: 'up == 0',
      'for': '1m',
      keep_firing_for: '2m',
      labels: { severity: 'warning', team: 'network' },
      annotations: { summary: 'Down.', owner: 'network', description: 'two\nlines' },
    },
  ],
}] };
local unstripped = [
  rule.alert
  for group in mixin.prometheusAlerts.groups
  for rule in group.rules
  if std.endsWith(rule.annotations.description, '\n')
];
assert unstripped == [] : 'descriptions that end in a new line: ' + unstripped;

{ 'rules.yml': yaml.rules(rules), 'rules.json': std.manifestJson(rules) }
