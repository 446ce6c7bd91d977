// Panels, variables and annotations as Grafana 11 and newer write them. Colours are names of Grafana's palette, which follow the
// theme. Panels get their place, id and the letters of their queries from `dashboard`.
local datasource = { type: 'prometheus', uid: '${datasource}' };

local panel(type, title, description, unit, targets) = {
  type: type,
  title: title,
  description: description,
  datasource: datasource,
  targets: targets,
  fieldConfig: { defaults: { unit: unit }, overrides: [] },
  options: {},
};
local reduced = { reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' } };
local no_legend = { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] };
local dash = { fill: 'dash', dash: [8, 6] };

{
  query(expr, legend=''):: { datasource: datasource, expr: expr, legendFormat: legend, range: true },
  instant(expr, legend=''):: { datasource: datasource, expr: expr, legendFormat: legend, instant: true },
  table_query(expr):: $.instant(expr) + { format: 'table' },
  buckets(expr):: $.query(expr, '{{le}}') + { format: 'heatmap' },

  // `expr` with the label name: the pod, or where there is none the instance, within `places`.
  named(expr, places)::
    $.within('label_replace(label_replace(%s, "name", "$1", "instance", "(.+)"), "name", "$1", "pod", "(.+)")' % expr, 'name', places),
  // `expr` with the labels of `places` before the text of its label `name`: east/shop/NAME, without those that are empty.
  within(expr, name, places):: std.foldl(
    function(inner, place)
      'label_replace(label_join(%s, "%s", "/", "%s", "%s"), "%s", "$1", "%s", "/(.+)")' % [inner, name, place, name, name, name],
    places,
    expr
  ),
  // What names have before them where several clusters and namespaces are shown.
  places(config):: if config.showMultiCluster then ['namespace', config.clusterLabel] else [],

  // Panels.
  stat(title, description, unit, target):: panel('stat', title, description, unit, [target]) + {
    options+: reduced {
      graphMode: 'area',
      colorMode: 'value',
      justifyMode: 'center',
      textMode: 'auto',
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: 'standard',
      orientation: 'auto',
    },
  },
  // A number on a coloured field, without its history.
  lamp(title, description, unit, target):: $.stat(title, description, unit, target) + {
    options+: { graphMode: 'none', colorMode: 'background' },
  },
  timeseries(title, description, unit, axis, targets):: panel('timeseries', title, description, unit, targets) + {
    fieldConfig+: { defaults+: { color: { mode: 'palette-classic' }, custom: {
      drawStyle: 'line',
      lineWidth: 2,
      fillOpacity: 0,
      gradientMode: 'none',
      showPoints: 'auto',
      spanNulls: false,
      lineInterpolation: 'linear',
      axisPlacement: 'auto',
      axisLabel: axis,
      scaleDistribution: { type: 'linear' },
      stacking: { mode: 'none', group: 'A' },
      thresholdsStyle: { mode: 'off' },
    } } },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },
  bargauge(title, description, unit, targets):: panel('bargauge', title, description, unit, targets) + {
    fieldConfig+: { defaults+: { min: 0 } },
    options+: reduced {
      displayMode: 'basic',
      valueMode: 'color',
      namePlacement: 'left',
      showUnfilled: true,
      sizing: 'auto',
      minVizWidth: 8,
      minVizHeight: 10,
      maxVizHeight: 28,
      orientation: 'horizontal',
      legend: no_legend,
    },
  },
  heatmap(title, description, unit, axis, expr):: panel('heatmap', title, description, unit, [$.buckets(expr)]) + {
    fieldConfig+: { defaults+: { custom: {
      hideFrom: { tooltip: false, legend: false, viz: false },
      scaleDistribution: { type: 'linear' },
    } } },
    options: {
      calculate: false,
      cellGap: 1,
      color: { mode: 'scheme', scheme: 'Oranges', fill: 'dark-orange', scale: 'exponential', exponent: 0.5, steps: 64, reverse: false },
      showValue: 'never',
      yAxis: { unit: 's', axisPlacement: 'left', axisLabel: axis },
      cellValues: { unit: unit },
      rowsFrame: { layout: 'auto' },
      filterValues: { le: 1e-9 },
      legend: { show: true },
      tooltip: { mode: 'single', yHistogram: true, showColorScale: false },
      exemplars: { color: 'purple' },
    },
  },
  table(title, description, unit, targets):: panel('table', title, description, unit, targets) + {
    fieldConfig+: { defaults+: { custom: { align: 'left', inspect: false } } },
    options: { frameIndex: 0, showHeader: true, cellHeight: 'sm' },
  },
  state_timeline(title, description, targets):: panel('state-timeline', title, description, 'none', targets) + {
    fieldConfig+: { defaults+: {
      color: { mode: 'fixed', fixedColor: 'text' },
      custom: { fillOpacity: 80, lineWidth: 0, spanNulls: false },
    } },
    options: {
      showValue: 'auto',
      rowHeight: 0.8,
      mergeValues: true,
      alignValue: 'left',
      legend: no_legend,
      tooltip: { mode: 'single', sort: 'none' },
    },
  },

  // What a panel may have beside that.
  defaults(values):: { fieldConfig+: { defaults+: values } },
  custom(values):: $.defaults({ custom+: values }),
  from_zero:: $.defaults({ min: 0 }),
  log_axis:: $.custom({ scaleDistribution: { type: 'log', log: 10 } }),
  stacked:: $.custom({ fillOpacity: 25, stacking: { mode: 'normal', group: 'A' } }),
  bars:: $.custom({ drawStyle: 'bars', lineWidth: 1, fillOpacity: 80, stacking: { mode: 'normal', group: 'A' } }),
  statistics:: { options+: { legend+: { displayMode: 'table', calcs: ['mean', 'max', 'lastNotNull'] } } },
  last:: { options+: { legend+: { displayMode: 'table', calcs: ['lastNotNull'] } } },
  steps(levels):: $.defaults({
    color: { mode: 'thresholds' },
    thresholds: { mode: 'absolute', steps: [{ value: level[0], color: level[1] } for level in levels] },
  }),
  // A line where an alert begins, and room for it on the axis.
  alert_level(level):: $.defaults({
    thresholds: { mode: 'absolute', steps: [{ value: null, color: 'transparent' }, { value: level, color: 'red' }] },
  }) + $.custom({ thresholdsStyle: { mode: 'dashed' }, axisSoftMax: 1.5 * level }),
  // The same on a logarithmic axis, which leaves no room for a line beyond the data: a series of its own.
  alert_series(level, expr):: {
    targets+: [$.query('0 * max(%s) + %g' % [expr, level], 'alert')],
  } + $.overrides([$.series('alert', $.colour('red') + $.dashed + { 'custom.lineWidth': 1 })]),
  fixed(colour):: $.defaults({ color: { mode: 'fixed', fixedColor: colour } }),
  runbook(alerts):: { links: [
    {
      title: 'Runbook: ' + name,
      type: 'link',
      icon: 'doc',
      tooltip: 'What it means and what to do',
      url: '${runbook}#' + std.asciiLower(name),
      tags: [],
      asDropdown: false,
      targetBlank: true,
      includeVars: false,
      keepTime: false,
    }
    for name in alerts
  ] },

  // Overrides: of one series by its name, or of those that a regular expression matches.
  overrides(list):: { fieldConfig+: { overrides+: list } },
  override(matcher, options, properties):: {
    matcher: { id: matcher, options: options },
    properties: [{ id: id, value: properties[id] } for id in std.objectFields(properties)],
  },
  colour(name):: { color: { mode: 'fixed', fixedColor: name } },
  dashed:: { 'custom.lineStyle': dash, 'custom.fillOpacity': 0 },
  dotted:: { 'custom.lineStyle': { fill: 'dot', dash: [2, 6] }, 'custom.fillOpacity': 0 },
  series(name, properties):: $.override('byName', name, properties),
  matching(regexp, properties):: $.override('byRegexp', regexp, properties),
  colours(of):: $.overrides([$.series(name, $.colour(of[name])) for name in std.objectFields(of)]),
  percentiles:: $.colours({ p50: 'green', p90: 'orange', p99: 'red' }),

  // Variables.
  datasource_variable:: { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', refresh: 1 },
  // `all` is what All stands for: .+ where each series has the label, .* where it may be missing.
  variable(name, label, query, all='.*', description='', hide=0):: {
    name: name,
    label: label,
    type: 'query',
    datasource: { type: 'prometheus', uid: '${datasource}' },
    query: query,
    definition: query,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: all,
    current: { text: ['All'], value: ['$__all'] },
    hide: hide,
  } + (if description == '' then {} else { description: description }),
  constant(name, value):: { name: name, label: name, type: 'constant', hide: 2, query: value },

  // Annotations.
  annotation(name, colour, expr, title, text, more={}):: {
    name: name,
    datasource: datasource,
    enable: true,
    iconColor: colour,
    target: { datasource: datasource, expr: expr, interval: '5s', refId: 'Anno' },
    titleFormat: title,
    textFormat: text,
  } + more,

  // Rows are { title, collapsed, lines }; a line is a list of [width, panel] that are equally high.
  local placed(row, y) =
    local heights = [line.height for line in row.lines];
    std.flattenArrays([
      local top = y + std.foldl(function(sum, h) sum + h, heights[:i], 0);
      local widths = [each[0] for each in row.lines[i].panels];
      [
        row.lines[i].panels[j][1] { gridPos: {
          x: std.foldl(function(sum, w) sum + w, widths[:j], 0),
          y: top,
          w: widths[j],
          h: heights[i],
        } }
        for j in std.range(0, std.length(widths) - 1)
      ]
      for i in std.range(0, std.length(row.lines) - 1)
    ]),
  local height(row) = std.foldl(function(sum, line) sum + line.height, row.lines, 0),
  local lettered(one) = one { targets: [
    one.targets[i] { refId: std.char(std.codepoint('A') + i) }
    for i in std.range(0, std.length(one.targets) - 1)
  ] },
  local numbered(panels, from) = [lettered(panels[i]) + { id: from + i } for i in std.range(0, std.length(panels) - 1)],

  line(height, panels):: { height: height, panels: panels },
  row(title, lines, collapsed=true):: { title: title, lines: lines, collapsed: collapsed },

  // The first row has no title.
  local laid_out(rows) = std.foldl(function(done, row)
    local id = 100 * (done.count + 1);
    local head = if row.title == null then 0 else 1;
    local panels = numbered(placed(row, done.y + head), id + 1);
    done {
      count: done.count + 1,
      y: done.y + head + (if row.collapsed then 0 else height(row)),
      panels: done.panels + (if head == 0 then [] else [{
                               id: id,
                               type: 'row',
                               title: row.title,
                               collapsed: row.collapsed,
                               gridPos: { x: 0, y: done.y, w: 24, h: 1 },
                               panels: if row.collapsed then panels else [],
                             }]) + (if row.collapsed then [] else panels),
    }, rows, { count: 0, y: 0, panels: [] }).panels,

  dashboard(uid, title, description, config, variables, annotations, rows, time)::
    local panels = laid_out(rows);
    local types = std.set([one.type for one in std.flattenArrays([[one] + (if std.objectHas(one, 'panels') then one.panels else []) for one in panels])]);
    {
      __inputs: [],
      __elements: {},
      __requires: [
        { type: 'grafana', id: 'grafana', name: 'Grafana', version: '11.0.0' },
        { type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' },
      ] + [{ type: 'panel', id: type, name: type, version: '' } for type in types if type != 'row'],
      uid: uid,
      title: title,
      description: description,
      tags: ['threadecho'],
      schemaVersion: 39,
      version: 1,
      editable: false,
      graphTooltip: 1,
      timezone: 'browser',
      refresh: '30s',
      time: { from: 'now-' + time, to: 'now' },
      links: [{
        title: 'Runbook',
        type: 'link',
        icon: 'doc',
        tooltip: 'What each alert means and what to do',
        url: '${runbook}',
        tags: [],
        asDropdown: false,
        targetBlank: true,
        includeVars: false,
        keepTime: false,
      }],
      templating: { list: [$.datasource_variable] + variables + [$.constant('runbook', config.runbookUrl)] },
      annotations: { list: annotations },
      panels: panels,
    },
}
