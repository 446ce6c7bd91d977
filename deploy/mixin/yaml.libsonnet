// Files of rules as YAML that people like to read: members in the usual order, expressions in blocks.
local order = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];

local quoted(text) = "'%s'" % std.strReplace(text, "'", "''");
local block(text, indent) = '|\n' + std.join('\n', [indent + line for line in std.split(text, '\n')]);
local member(name, value, indent) =
  if std.isObject(value) then
    '%s:\n' % name + std.join('\n', [
      '%s  %s: %s' % [indent, key, quoted(std.stripChars(value[key], '\n'))]
      for key in ['severity', 'summary', 'description', 'runbook_url', 'dashboard_url']
      if std.objectHas(value, key)
    ])
  else if name == 'expr' then '%s: %s' % [name, block(value, indent + '  ')]
  else '%s: %s' % [name, value];

local rule(one) =
  '      - ' + std.join('\n        ', [member(name, one[name], '        ') for name in order if std.objectHas(one, name)]);
local group(one) =
  '  - name: %s\n    rules:\n%s\n' % [one.name, std.join('\n\n', [rule(each) for each in one.rules])];

{
  rules(groups)::
    '# Made by deploy/mixin/generate.sh from deploy/mixin: change it there.\ngroups:\n'
    + std.join('\n', [group(one) for one in groups.groups]),
}
