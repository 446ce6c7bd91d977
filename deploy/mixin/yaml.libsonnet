// Files of rules as YAML that people like to read: members in the usual order, expressions in blocks. Members that have no usual
// place come last, by name.
local order = [
  'name',
  'interval',
  'limit',
  'record',
  'alert',
  'expr',
  'for',
  'keep_firing_for',
  'labels',
  'annotations',
  'severity',
  'summary',
  'description',
  'runbook_url',
  'dashboard_url',
];
// Names and durations, which need no quotes.
local plain = ['name', 'interval', 'record', 'alert', 'for', 'keep_firing_for'];

local ordered(object) =
  [name for name in order if std.objectHas(object, name)]
  + [name for name in std.objectFields(object) if !std.member(order, name)];
local block(text, indent) = '|\n' + std.join('\n', [indent + line for line in std.split(text, '\n')]);
local quoted(text) =
  if std.member(text, '\n') then std.escapeStringJson(text) else "'%s'" % std.strReplace(text, "'", "''");
local member(name, value, indent) =
  if std.isObject(value) then
    '%s:\n' % name + std.join('\n', [
      '%s  %s: %s' % [indent, key, if std.isString(value[key]) then quoted(value[key]) else std.toString(value[key])]
      for key in ordered(value)
    ])
  else if name == 'expr' then '%s: %s' % [name, block(value, indent + '  ')]
  else '%s: %s' % [name, if std.isString(value) && !std.member(plain, name) then quoted(value) else std.toString(value)];

local rule(one) = '      - ' + std.join('\n        ', [member(name, one[name], '        ') for name in ordered(one)]);
local group(one) =
  '  - ' + std.join('\n    ', [member(name, one[name], '    ') for name in ordered(one) if name != 'rules'])
  + '\n    rules:\n%s\n' % std.join('\n\n', [rule(each) for each in one.rules]);

{
  rules(groups)::
    '# Made by deploy/mixin/generate.sh from deploy/mixin: change it there.\ngroups:\n'
    + std.join('\n', [group(one) for one in groups.groups]),
}
