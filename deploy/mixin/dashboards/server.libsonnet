// The dashboard threadecho: what a server does, and what its threads cost.
local g = import 'grafana.libsonnet';

function(config)
  // The labels that a selection keeps apart: no join may be without one of them.
  local target = '%s, namespace, job, instance' % config.clusterLabel;
  local selected = '%s=~"$cluster",namespace=~"$namespace",job=~"$job",instance=~"$instance",pod=~"$pod",%s' % [config.clusterLabel, config.selector];
  local shares = (import '../expressions.libsonnet')(config, '$__rate_interval');
  local s = {
    shares:: shares,
    // {S}: the series that are selected above the dashboard. {JOIN}: with the thread model of each.
    fill(expr):: std.strReplace(std.strReplace(std.strReplace(
      expr,
      '{JOIN}',
      ' * on (%s) group_left (thread_model) threadecho_info{S}' % target
    ), '{JOIN,', ' * on (%s) group_left (thread_model) threadecho_info{S,' % target), '{S', '{' + selected),
    query(expr, legend=''):: g.query(self.fill(expr), legend),
    instant(expr, legend=''):: g.instant(self.fill(expr), legend),
    table_query(expr):: g.table_query(self.fill(expr)),
    heatmap(title, description, unit, axis, expr):: g.heatmap(title, description, unit, axis, self.fill(expr)),
    // One series for each instance, called after its pod where there is one.
    by_instance(expr)::
      self.named('sum by (%s, pod) (%s)' % [target, expr], '{{name}}'),
    named(expr, legend):: g.query(g.named(self.fill(expr), g.places(config)), legend),
    rate(metric):: 'rate(%s[$__rate_interval])' % metric,
    quantile(q, metric, labels='', join='')::
      'histogram_quantile(%g, sum by (le%s) (rate(%s{S}[$__rate_interval])%s))' % [q, labels, metric, join],
    percentiles(metric, qs=[0.5, 0.9, 0.99]):: [self.query(self.quantile(q, metric), 'p%d' % (100 * q)) for q in qs],
  };
  local reasons = {
    client_closed: 'green',
    drained: 'dark-green',
    client_reset: 'orange',
    idle_timeout: 'blue',
    max_age: 'light-blue',
    write_timeout: 'light-orange',
    peer_timeout: 'purple',
    drain_forced: 'dark-red',
    fault: 'light-purple',
    'error': 'red',
  };
  local choice(name, label, of, hide=0, all='.*', description='') = g.variable(
    name, label, 'label_values(threadecho_info{%s%s}, %s)' % [of, config.selector, if name == 'cluster' then config.clusterLabel else name], all, description, hide
  );
  local variables = [
    choice('cluster', 'Cluster', '', if config.showMultiCluster then 0 else 2, description='Only where Prometheus adds the label %s; elsewhere leave it at All.' % config.clusterLabel),
    choice('namespace', 'Namespace', '%s=~"$cluster",' % config.clusterLabel, description='Only in Kubernetes; elsewhere leave it at All.'),
    choice('job', 'Job', '%s=~"$cluster",namespace=~"$namespace",' % config.clusterLabel, all='.+'),
    choice('instance', 'Instance', '%s=~"$cluster",namespace=~"$namespace",job=~"$job",' % config.clusterLabel, all='.+'),
    choice('pod',
           'Pod',
           '%s=~"$cluster",namespace=~"$namespace",job=~"$job",' % config.clusterLabel,
           description='Only in Kubernetes; elsewhere leave it at All.'),
  ];
  // Alerts on a whole job have no instance.
  local alerts = 'ALERTS{alertname=~"Threadecho.*",alertname!~"Threadecho(Path|Target|Watcher).*",alertstate="firing",%s=~"$cluster",namespace=~"$namespace",job=~"$job",instance=~"$instance|",pod=~"$pod|"}' % config.clusterLabel;
  local annotations = [
    g.annotation('Starts',
                 'blue',
                 s.fill('process_start_time_seconds{S} * 1000'),
                 'started',
                 '{{instance}} {{pod}}',
                 { useValueForTime: true, tagKeys: 'instance' }),
    g.annotation('Drains',
                 'orange',
                 s.fill('threadecho_draining{S} == 1'),
                 'draining',
                 '{{instance}} {{pod}}',
                 { tagKeys: 'instance' }),
    g.annotation('Alerts', 'red', alerts, '{{alertname}}', '{{instance}} {{reason}} {{severity}}', { tagKeys: 'severity' }),
  ];

  local overview = g.row(null, [g.line(5, [
    // The text is a label that is made of two numbers; its colour is their quotient.
    [3, g.lamp('Up', 'How many of the selected instances Prometheus can scrape. The other panels show only those.', 'none', s.instant(|||
          label_join(
            count_values("up", sum(up{S})) * on () group_left (all) count_values("all", count(up{S})),
            "text", "/", "up", "all"
          ) * on () group_left () (sum(up{S}) / count(up{S}))
        |||, '{{text}}')) + { options+: { textMode: 'name' } }
        + g.steps([[null, 'red'], [config.downShare, 'orange'], [1, 'green']]) + g.defaults({ noValue: 'no target' })
        + g.runbook(['ThreadechoDown', 'ThreadechoInstanceDown'])],
    [4, g.stat('Active threads', 'Echo threads that serve at least one connection. With a thread per connection this is the number of clients; with a pool it is at most POOL_THREADS, regardless of the number of clients.', 'none', s.query('sum(threadecho_active_threads{S})', 'threads')) + g.steps([[null, 'blue']]) + g.defaults({ decimals: 0 })],
    [4, g.stat('Echoed', 'Bytes sent back to clients per second, all instances together. Counted when the kernel has accepted them.', 'Bps', s.query('sum(rate(threadecho_echoed_bytes_total{S}[$__rate_interval]))', 'echoed')) + g.steps([[null, 'blue']]) + g.defaults({ decimals: 1 })],
    [4, g.stat('Echo time, p99', '99 % of echoes took less than this, from receive until the kernel accepted the answer. Microseconds are normal; milliseconds mean that clients do not read fast enough or that CPU time is short. Red: above the level of the alert ThreadechoSlowEcho. Idle: nothing was echoed.', 's', s.query(s.quantile(0.99, 'threadecho_echo_duration_seconds_bucket'), 'p99'))
        + g.steps([[null, 'green'], [config.slowSeconds / 4, 'orange'], [config.slowSeconds, 'red']])
        + g.defaults({ decimals: 1, noValue: 'idle', mappings: [{ type: 'special', options: { match: 'nan', result: { text: 'idle', color: 'text', index: 0 } } }] })
        + g.runbook(['ThreadechoSlowEcho'])],
    [3, g.stat('Refused', 'The share of new clients that an instance refuses for one reason, where it is highest, without those that it refuses on purpose. Red: above the level of the alert ThreadechoRejecting. The row Limits has all reasons.', 'percentunit', s.query('max(%s)' % shares.rejected, 'refused'))
        + g.steps([[null, 'green'], [config.rejectedShare, 'red']])
        + g.defaults({ decimals: 1, noValue: 'no client', mappings: [{ type: 'special', options: { match: 'nan', result: { text: 'no client', color: 'text', index: 0 } } }] }) + g.runbook(['ThreadechoRejecting'])],
    [6, g.bargauge('Connections closed', 'Connections that ended in the time shown, by reason. client_closed and drained are orderly; client_reset, peer_timeout, write_timeout and error are not; idle_timeout and max_age are settings of the server; fault: a fault on demand ended them; drain_forced: the server closed them at the end of a drain. The process ends right after that, so Prometheus rarely sees it: look at the last row.', 'none', [
          s.instant('sort_desc(round(sum by (reason) (increase(threadecho_connections_closed_total{S}[$__range]))) > 0)', '{{reason}}'),
        ]) + g.fixed('blue') + g.defaults({ decimals: 0, noValue: 'none yet' }) + { options+: { showUnfilled: false } }
        + g.colours(reasons) + g.runbook(['ThreadechoConnectionsLost', 'ThreadechoForcedDrains'])],
  ])], collapsed=false);

  local traffic = g.row('Traffic', [
    g.line(9, [
      [8, g.timeseries('Throughput', 'Received and echoed bytes per second. An echo server sends back what it gets, so the two lines match. Echoed below received: clients do not read, and the server slows them down.', 'Bps', 'bytes per second', [
        s.query('sum(rate(threadecho_echoed_bytes_total{S}[$__rate_interval]))', 'echoed'),
        s.query('sum(rate(threadecho_received_bytes_total{S}[$__rate_interval]))', 'received'),
      ]) + g.from_zero + g.overrides([
        g.series('echoed', g.colour('green') + { 'custom.fillOpacity': 20 }),
        g.series('received', g.colour('blue') + g.dashed),
      ])],
      [8, g.timeseries('Messages', 'Successful receives per second of each instance. One receive is one message if messages are small and arrive one by one; several that wait in the socket together count as one.', 'count:msg/s', 'receives per second', [
        s.by_instance('rate(threadecho_receives_total{S}[$__rate_interval])'),
      ]) + g.from_zero + g.stacked + g.statistics],
      [8, g.timeseries('Message size', 'Bytes of one receive, on average. At most BUFFER_SIZE. If it is that size, clients send more than one buffer at a time, and messages per second means little.', 'bytes', 'bytes per receive', [
        s.query('sum(rate(threadecho_received_bytes_total{S}[$__rate_interval])) / (sum(rate(threadecho_receives_total{S}[$__rate_interval])) > 0)', 'mean'),
      ]) + g.from_zero + g.colours({ mean: 'blue' })],
    ]),
    g.line(10, [
      [12, g.timeseries('Echo time',
                        "From the return of recv until the kernel has accepted the last byte of that message: the part of a client's wait that the server causes, without the network. On a logarithmic axis. The line is the level of the alert ThreadechoSlowEcho, which looks at the p99 of each instance.",
                        's',
                        'time (log)',
                        s.percentiles('threadecho_echo_duration_seconds_bucket')) + g.log_axis + g.statistics + g.percentiles
           + g.alert_series(config.slowSeconds, s.fill('up{S}')) + g.runbook(['ThreadechoSlowEcho'])],
      [12, s.heatmap('Echo time heatmap',
                     'How many echoes per second took how long: the stronger the colour, the more. Two bands mean two kinds of clients, for example small messages and bulk. The steps are the buckets of the histogram.',
                     'count:echoes/s',
                     'time of an echo',
                     'sum by (le) (rate(threadecho_echo_duration_seconds_bucket{S}[$__rate_interval]))')],
    ]),
    g.line(8, [
      [6, g.timeseries('Connections opened', 'Connections accepted per second, with the refused ones on top.', 'count:conn/s', 'connections per second', [
        s.query('sum(rate(threadecho_connections_accepted_total{S}[$__rate_interval]))', 'accepted'),
        s.query('sum(rate(threadecho_connections_rejected_total{S}[$__rate_interval])) > 0', 'refused'),
      ]) + g.from_zero + g.stacked + g.colours({ accepted: 'green', refused: 'red' }) + g.runbook(['ThreadechoRejecting'])],
      [6, g.timeseries('Connections closed by reason', 'Connections that ended per second, by reason. In a steady state as many are opened. The panel Connections closed explains the reasons.', 'count:conn/s', 'connections per second', [
        s.query('sum by (reason) (rate(threadecho_connections_closed_total{S}[$__rate_interval])) > 0', '{{reason}}'),
      ]) + g.from_zero + g.bars + g.defaults({ noValue: 'none closed' }) + g.colours(reasons) + g.runbook(['ThreadechoConnectionsLost'])],
      [6, g.timeseries('Connections lost', 'The share of the connections that ended because the client was unreachable or stopped reading, an error occurred, or a fault on demand ended them. The line is the level of the alert ThreadechoConnectionsLost, which also wants more than 5 of them within 5 minutes.', 'percentunit', 'share of connections', [
        s.by_instance(shares.lost),
      ]) + g.from_zero + g.statistics + g.alert_level(config.lostShare) + g.defaults({ noValue: 'none ended' }) + g.runbook(['ThreadechoConnectionsLost'])],
      [6, g.timeseries('Connection duration',
                       'From accept to close, of the connections that ended. On a logarithmic axis, in coarse steps: health checks take milliseconds, sessions take minutes to days.',
                       's',
                       'time (log)',
                       s.percentiles('threadecho_connection_duration_seconds_bucket', [0.5, 0.99])) + g.log_axis + g.statistics + g.percentiles],
    ]),
  ], collapsed=false);

  g.dashboard(
    'threadecho',
    'threadecho',
    'A TCP echo server and its threads: is it up, how fast is it, why do connections end, what does a thread cost, how much room is left.',
    config,
    variables,
    annotations,
    [overview, traffic] + (import 'server_threads.libsonnet')(config, s) + (import 'server_limits.libsonnet')(config, s, reasons),
    '30m'
  )
