// The dashboard threadecho mesh: what `threadecho watch` sees.
local g = import 'grafana.libsonnet';

function(config)
  local where = '%s=~"$cluster",namespace=~"$namespace",job=~"$job",instance=~"$instance",watcher_node=~"$watcher"' % config.clusterLabel;
  local selected = where + ',' + config.watchSelector;
  // The labels that a selection keeps apart: nothing is added up over one of them, except for totals.
  local scope = '%s, namespace, job' % config.clusterLabel;
  // {W}: the series of watchers that are selected. {T}: of those, the ones of the selected targets.
  local fill(expr) = std.foldl(function(text, pair) std.strReplace(text, pair[0], pair[1]), [
    ['{T', '{%s,target=~"$target"' % selected],
    ['{W', '{' + selected],
    ['SCOPE', scope],
  ], expr);
  local query(expr, legend='') = g.query(fill(expr), legend);
  local instant(expr, legend='') = g.instant(fill(expr), legend);

  // The label `from` is the node of the watcher, else its instance; `to` is the node of the target, else its address, else the
  // target as it was named. Both within the cluster and namespace of the watcher.
  local ends(expr) = std.foldl(function(inner, end) g.within(inner, end, g.places(config)), ['from', 'to'], std.foldl(function(inner, label) 'label_replace(%s, "%s", "$1", "%s", "%s")' % ([inner] + label), [
    ['from', 'instance', '(.*)'],
    ['from', 'watcher_node', '(.+)'],
    ['to', 'target', '(.*)'],
    ['to', 'address', '(.+)'],
    ['to', 'node', '(.+)'],
  ], expr));
  local named(expr) = g.named(expr, g.places(config));
  local path = 'SCOPE, watcher_node, instance, target, node, address';

  local choice(name, label, of, values=name, hide=0, all='.*', description='') =
    g.variable(name, label, 'label_values(threadecho_watch_addresses{%s%s}, %s)' % [of, config.watchSelector, values], all, description, hide);
  local in_cluster = '%s=~"$cluster",' % config.clusterLabel;
  local in_job = in_cluster + 'namespace=~"$namespace",job=~"$job",';
  local variables = [
    choice('cluster', 'Cluster', '', config.clusterLabel, if config.showMultiCluster then 0 else 2, description='Only where Prometheus adds the label %s; elsewhere leave it at All.' % config.clusterLabel),
    choice('namespace', 'Namespace', in_cluster, description='Only in Kubernetes; elsewhere leave it at All.'),
    choice('job', 'Job', in_cluster + 'namespace=~"$namespace",', all='.+'),
    choice('instance', 'Instance', in_job, all='.+'),
    choice('target', 'Target', in_job),
    choice('watcher', "Watcher's node", in_job, 'watcher_node', description='The scrape gives each watcher the label watcher_node; without it leave this at All.'),
  ];
  local annotations = [
    g.annotation('Restarts', 'blue', fill('process_start_time_seconds{W} * 1000'), 'watcher started', '{{watcher_node}} {{instance}}', { useValueForTime: true, tagKeys: 'instance' }),
    g.annotation('Alerts', 'red', 'ALERTS{alertname=~"Threadecho(Path|Target|Watcher).*",alertstate="firing",%s,target=~"$target|"}' % where, '{{alertname}}', '{{watcher_node}} {{instance}} to {{node}} {{address}}', { tagKeys: 'severity' }),
  ];
  local reasons = {
    reset: 'red',
    closed_early: 'orange',
    echo_timeout: 'purple',
    connect_timeout: 'light-purple',
    refused: 'blue',
    unreachable: 'light-blue',
    wrong_bytes: 'dark-red',
    local_limit: 'text',
  };
  local none(panel) = panel + g.defaults({ noValue: 'no watcher' });

  local overview = g.row(null, [g.line(5, [
    [4, none(g.lamp('Paths up', 'How many of the watched paths have a working connection now. A path leads from a watcher to one address of a target.', 'none', instant(|||
      label_join(
        count_values("up", sum(threadecho_watch_up{T})) * on () group_left (all) count_values("all", sum(threadecho_watch_addresses{T})),
        "text", "/", "up", "all"
      ) * on () group_left () (sum(threadecho_watch_up{T}) / sum(threadecho_watch_addresses{T}))
    |||, '{{text}}'))) + { options+: { textMode: 'name' } } + g.steps([[null, 'red'], [config.pathsUpShare, 'orange'], [1, 'green']]) + g.runbook(['ThreadechoPathDown'])],
    [3, none(g.lamp('Paths down', 'How many watched paths have no working connection now.', 'none', query('sum(threadecho_watch_addresses{T}) - sum(threadecho_watch_up{T})', 'down'))) + g.steps([[null, 'green'], [1, 'red']]) + g.runbook(['ThreadechoPathDown'])],
    [4, none(g.lamp('Connections lost', 'Connections lost in the time shown, on all paths.', 'none', instant('round(sum(increase(threadecho_watch_connections_lost_total{T}[$__range])))', 'lost'))) + g.steps([[null, 'green'], [1, 'orange']]) + g.runbook(['ThreadechoPathFlapping'])],
    [4, none(g.lamp('Outage time', 'The total duration of outages in the time shown, on all paths.', 's', instant('sum(increase(threadecho_watch_outage_seconds_total{T}[$__range]))', 'outage'))) + g.steps([[null, 'green'], [1, 'orange']]) + g.defaults({ decimals: 1 })],
    [4, g.stat('Round trip, p99', '99 % of the messages on all paths came back within this time, which includes the network and the server. Red: above the level of the alert ThreadechoPathSlow.', 's', query('histogram_quantile(0.99, sum by (le) (rate(threadecho_watch_round_trip_seconds_bucket{T}[$__rate_interval])))', 'p99')) + g.steps([[null, 'green'], [config.slowSeconds, 'red']]) + g.defaults({ noValue: 'no message', decimals: 1 }) + g.runbook(['ThreadechoPathSlow'])],
    [5, g.bargauge('Losses by reason, in total', 'Connections lost in the time shown, by reason. reset and closed_early: something answered; echo_timeout: nothing did. docs/watch.md says what each points to.', 'none', [
      instant('sort_desc(round(sum by (reason) (increase(threadecho_watch_connections_lost_total{T}[$__range]))) > 0)', '{{reason}}'),
    ]) + g.fixed('orange') + g.defaults({ decimals: 0, noValue: 'none lost' }) + { options+: { showUnfilled: false } } + g.colours(reasons)],
  ])], collapsed=false);

  local matrix(title, description, unit, decimals, levels, expr) = g.table(title, description, unit, [
    g.table_query(fill(expr)),
  ]) + g.custom({ align: 'center' }) + g.steps(levels) + g.defaults({ decimals: decimals, noValue: '-' }) + g.overrides([
    g.override('byType', 'number', { 'custom.cellOptions': { type: 'color-background', mode: 'basic' } }),
    g.override('byType', 'string', { 'custom.align': 'left' }),
  ]) + {
    options+: { sortBy: [{ displayName: 'from\\to', desc: false }] },
    transformations: [
      { id: 'sortBy', options: { fields: {}, sort: [{ field: 'to', desc: false }] } },
      { id: 'groupingToMatrix', options: { columnField: 'to', rowField: 'from', valueField: 'Value' } },
    ],
  };
  local messages(more) = 'sum by (SCOPE, from, to) (%s)' % ends('increase(threadecho_watch_messages_total{T%s[$__range])' % more);
  local nodes = g.row('Node to node: rows are watchers, columns are targets', [g.line(10, [
    [12, matrix('Loss, node to node',
                'The share of messages in the time shown that did not come back in time and unchanged. Messages that were due without a connection count as lost. A red column points to the node of the target, a red row to the node of the watcher, one red cell to the path between them. Without node names, a watcher is shown by its instance and a target by its address, or with --aggregate by its name.',
                'percentunit',
                2,
                [[null, 'green'], [config.lossShares[0], 'yellow'], [config.lossShares[1], 'orange'], [config.lossShares[2], 'red']],
                '%s / (%s > 0)' % [messages(',result!="ok"}'), messages('}')]) + g.runbook(['ThreadechoPathDown', 'ThreadechoPathFlapping'])],
    [12, matrix('Round trip, node to node',
                'The smoothed round-trip time that the kernel measures on the lasting connection of each path, now. It is the time in the network, without the server.',
                's',
                1,
                [[null, 'green'], [0.005, 'yellow'], [0.02, 'orange'], [config.slowSeconds, 'red']],
                'max by (SCOPE, from, to) (%s)' % ends('threadecho_watch_tcp_rtt_seconds{T}')) + g.runbook(['ThreadechoPathSlow'])],
  ])], collapsed=false);

  local outages = g.row('Outages', [g.line(9, [
    [12, g.state_timeline('Outages over time', 'Each path that had an outage in the time shown. An outage shorter than the scrape interval may be missing here; Outage time includes it.', [
      query('min by (SCOPE, from, to) (%s) and on (SCOPE, from, to) (max by (SCOPE, from, to) (%s) > 0)' % [ends('threadecho_watch_up{T}'), ends('increase(threadecho_watch_outage_seconds_total{T}[$__range] @ end())')], '{{from}} to {{to}}'),
    ]) + g.defaults({ noValue: 'no outage', mappings: [
      { type: 'value', options: { '0': { text: 'down', color: 'red', index: 0 }, '1': { text: 'up', color: 'green', index: 1 } } },
      { type: 'range', options: { from: 1, to: 1e9, result: { text: 'up', color: 'green', index: 2 } } },
    ] }) + { options+: { showValue: 'never' } } + g.runbook(['ThreadechoPathDown'])],
    [6, g.timeseries('Losses by reason', 'Connections lost per second, by reason.', 'count:conn/s', 'connections per second', [
      query('sum by (reason) (rate(threadecho_watch_connections_lost_total{T}[$__rate_interval])) > 0', '{{reason}}'),
    ]) + g.from_zero + g.bars + g.defaults({ noValue: 'none lost' }) + g.colours(reasons) + g.runbook(['ThreadechoPathFlapping'])],
    [6, g.timeseries('Messages', 'Messages per second by result, on all paths. Everything but ok is a loss.', 'count:msg/s', 'messages per second', [
      query('sum by (result) (rate(threadecho_watch_messages_total{T}[$__rate_interval]))', '{{result}}'),
    ]) + g.from_zero + g.colours({ ok: 'green', lost: 'red', wrong: 'purple' })],
  ])], collapsed=false);

  local percentiles(metric) = [
    query(g.within('label_replace(histogram_quantile(%g, sum by (SCOPE, le, target) (rate(%s{T}[$__rate_interval]))), "name", "$1", "target", "(.+)")' % [q, metric], 'name', g.places(config)), '{{name}} p%d' % (100 * q))
    for q in [0.5, 0.99]
  ];
  local retransmits(label) =
    local sums = ['sum by (SCOPE, %s) (%s)' % [label, ends('rate(threadecho_watch_%s_total{T}[$__rate_interval])' % counter)] for counter in ['tcp_retransmitted_segments', 'messages']];
    '%s / (%s + %s) > 0' % [sums[0], sums[0], sums[1]];
  local speed = g.row('Speed', [g.line(9, [
    [8, g.timeseries('Round-trip time', 'How long messages take to come back, by target. The line is the level of the alert ThreadechoPathSlow.', 's', 'round trip (log)', percentiles('threadecho_watch_round_trip_seconds_bucket'))
        + g.log_axis + g.statistics + g.alert_series(config.slowSeconds, fill('up{W}')) + g.runbook(['ThreadechoPathSlow'])],
    [8, g.timeseries('Connect time', 'How long new connections take, by target. A lost SYN costs 1 s.', 's', 'time to connect (log)', percentiles('threadecho_watch_connect_seconds_bucket'))
        + g.log_axis + g.statistics],
    [8, g.timeseries('TCP retransmits', 'The share of TCP segments that were retransmitted: from each watcher, and to each target. If both lines of a node rise, the node is the cause; else it is a path between two nodes. A message counts as one segment. The line is the level of the alert ThreadechoPathRetransmits, which looks at each path and also wants more than 10 retransmits within 5 minutes.', 'percentunit', 'share of segments', [
      query(retransmits('from'), 'from {{from}}'),
      query(retransmits('to'), 'to {{to}}'),
    ]) + g.from_zero + g.statistics + g.alert_level(config.retransmitShare) + g.defaults({ noValue: 'no retransmits' }) + g.runbook(['ThreadechoPathRetransmits'])],
  ])]);

  local losses = 'sum by (%s) (increase(threadecho_watch_address_connections_lost_total{T}[$__range]))' % path;
  local outage = 'sum by (%s) (increase(threadecho_watch_outage_seconds_total{T}[$__range]))' % path;
  local worst(expr) = g.table_query(fill('%s and topk(10, (%s + %s) > 0)' % [expr, losses, outage]));
  local columns = [config.clusterLabel, 'namespace', 'watcher_node', 'instance', 'node', 'address', 'target', 'Value #A', 'Value #B', 'Value #C', 'Value #D'];
  local names = ['Cluster', 'Namespace', 'From node', 'Watcher', 'To node', 'Address', 'Target', 'Lost', 'Outage', 'Retransmits', 'Round trip'];
  local paths = g.row('Paths and watchers', [g.line(10, [
    [24, g.table('The worst ten paths', 'The paths with the most lost connections and seconds of outage in the time shown.', 'none', [
      worst(losses),
      worst(outage),
      worst('sum by (%s) (increase(threadecho_watch_tcp_retransmitted_segments_total{T}[$__range]))' % path),
      worst('max by (%s) (threadecho_watch_tcp_rtt_seconds{T})' % path),
    ]) + g.defaults({ decimals: 0, noValue: 'no path lost a connection' }) + g.overrides([
      g.series('Outage', { unit: 's', decimals: 1 }),
      g.series('Round trip', { unit: 's', decimals: 1 }),
    ]) + g.runbook(['ThreadechoPathDown', 'ThreadechoPathFlapping']) + { transformations: [
      { id: 'merge', options: {} },
      { id: 'organize', options: {
        excludeByName: { Time: true, job: true } + (if config.showMultiCluster then {} else { [config.clusterLabel]: true }),
        indexByName: { [columns[i]]: i for i in std.range(0, std.length(columns) - 1) },
        renameByName: { [columns[i]]: names[i] for i in std.range(0, std.length(columns) - 1) },
      } },
    ] }],
  ]), g.line(7, [
    [14, g.timeseries('Addresses', 'How many addresses each target has, as each watcher sees it. Lines that differ for long mean that DNS does not give all nodes the same answer.', 'none', 'addresses', [
      query(named('max by (SCOPE, target, watcher_node, instance) (threadecho_watch_addresses{T})'), '{{watcher_node}} {{name}} {{target}}'),
    ]) + g.from_zero + g.statistics + g.defaults({ decimals: 0 }) + g.runbook(['ThreadechoTargetUnresolved'])],
    [10, g.timeseries('Watchers', 'Watchers that Prometheus can scrape, and those that it cannot. The next successful scrape brings what a watcher counted in between, unless it restarted.', 'none', 'watchers', [
      query('sum(up{W})', 'up'),
      query('sum(1 - up{W})', 'down'),
    ]) + g.from_zero + g.defaults({ decimals: 0 }) + g.colours({ up: 'green', down: 'red' }) + g.runbook(['ThreadechoWatcherDown'])],
  ])]);

  g.dashboard(
    'threadecho-mesh',
    'threadecho mesh',
    'What `threadecho watch` sees: which paths lose connections, how often, for how long and why, from every node to every node.',
    config,
    variables,
    annotations,
    [overview, nodes, outages, speed, paths],
    '1h'
  )
