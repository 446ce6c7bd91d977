// Alerts. Each has an entry in docs/runbook.md under its own name, and cases in tests/prometheus that fire it and that leave it
// silent. critical: clients are cut off now or soon; warning: look today; info: know of it.
// Summaries name no instance, so that a notification can group them; descriptions have the values.
local selectors = import 'selectors.libsonnet';

{
  local config = $._config,
  local fill = selectors(config).fill,

  // A query parameter of Grafana for each label that the alert has.
  local parameters(labels) = std.join('', [
    '{{ with $labels.%s }}&var-%s={{ urlquery . }}{{ end }}' % [label, labels[label]]
    for label in std.objectFields(labels)
  ]),
  local variables = { [config.clusterLabel]: 'cluster', instance: 'instance', namespace: 'namespace' },
  local board(name, labels) =
    '%s/d/%s/%s?var-job={{ urlquery $labels.job }}%s' % [config.grafanaUrl, name, name, parameters(variables + labels)],
  local servers = board('threadecho', {}),
  local mesh = board('threadecho-mesh', { target: 'target', watcher_node: 'watcher' }),

  local alert(name, severity, summary, description, expr, dashboard=servers) = {
    alert: name,
    expr: fill(expr),
    labels: { severity: severity },
    annotations: {
      summary: summary,
      description: description,
      runbook_url: '%s#%s' % [config.runbookUrl, std.asciiLower(name)],
      dashboard_url: dashboard,
    },
  },
  local lasting(time) = { 'for': time },
  // For values that hover around their level: one alert with one end, not many.
  local calming(time) = { keep_firing_for: time },

  // Where the path of a watcher leads.
  local watcher = '{{ or $labels.watcher_node $labels.instance }}',
  local at_address = '{{ with $labels.address }} at {{ . }}{{ end }}{{ with $labels.node }} on {{ . }}{{ end }}',

  prometheusAlerts+:: {
    groups+: [{
      name: 'threadecho-alerts',
      rules: [
        alert('ThreadechoDown', 'critical', 'Most or all instances of threadecho are down.', |||
          {{ if eq $value 1.0 }}Prometheus has no target in the job {{ $labels.job }}.{{ else }}Only {{ $value | humanizePercentage }} of the instances in the job {{ $labels.job }}{{ with $labels.namespace }} in {{ . }}{{ end }} answer.{{ end }} Clients have lost their connections, or cannot connect.
        |||, |||
          sum by (SCOPE) (up{S}) / count by (SCOPE) (up{S}) < %g
            or absent(up{S})
        ||| % config.downShare) + lasting('1m'),

        alert('ThreadechoInstanceDown', 'warning', 'An instance of threadecho is down.', |||
          Prometheus has had no answer from {{ $labels.instance }} for 5 minutes: it is stopped, stuck, or unreachable. Its clients have lost their connections.
        |||, 'up{S} == 0') + lasting('5m'),

        alert('ThreadechoRestarting', 'warning', 'An instance of threadecho restarts repeatedly.', |||
          {{ $labels.instance }} has started {{ $value }} times within 15 minutes. Each start ends every connection.
        |||, 'changes(process_start_time_seconds{S}[15m]) > %d' % config.restarts),

        alert('ThreadechoNotReady', 'warning', 'An instance of threadecho is not ready.', |||
          {{ $labels.instance }} has not been ready for a minute and is not draining: its limit of connections is reached, the system gives no more threads, or it is unready on demand. New clients may be refused.
        |||, |||
          threadecho_ready{S} == 0
            and threadecho_draining{S} == 0
        |||) + lasting('1m') + calming('2m'),

        alert('ThreadechoNearConnectionLimit', 'warning', 'An instance of threadecho is close to its connection limit.', |||
          {{ $value | humanizePercentage }} of the connections that {{ $labels.instance }} may have are open. Beyond the limit clients are refused.
        |||, 'instance:threadecho_connections:ratio{S} > %g' % config.limitShare) + lasting('5m') + calming('5m'),

        alert('ThreadechoNearFdLimit', 'warning', 'An instance of threadecho is close to its descriptor limit.', |||
          {{ $value | humanizePercentage }} of the descriptors that {{ $labels.instance }} may have are open. Without a free one it cannot accept clients.
        |||, 'instance:process_open_fds:ratio{S} > %g' % config.limitShare) + lasting('2m') + calming('5m'),

        alert('ThreadechoNearMemoryLimit', 'critical', 'An instance of threadecho is close to its memory limit.', |||
          {{ $labels.instance }} has {{ $value | humanizePercentage }} of its memory in use. At the limit the kernel kills it, and with it every connection.
        |||, 'instance:process_resident_memory_bytes:ratio{S} > %g' % config.limitShare) + lasting('2m') + calming('5m'),

        // A limit for each client refuses on purpose, for as long as such a client tries.
        alert('ThreadechoRejecting', 'warning', 'An instance of threadecho refuses clients.', |||
          {{ $labels.instance }} refuses {{ $value | humanizePercentage }} of the clients that come, because of {{ $labels.reason }}.
        |||, |||
          rate(threadecho_connections_rejected_total{S,reason!~"%s"}[5m])
            / ignoring (reason) group_left () (
              sum without (reason) (rate(threadecho_connections_rejected_total{S}[5m]))
                + rate(threadecho_connections_accepted_total{S}[5m])
            ) > %g
        ||| % [config.rejectedOnPurpose, config.rejectedShare]) + lasting('1m') + calming('5m'),

        alert('ThreadechoAcceptErrors', 'warning', 'An instance of threadecho fails to accept connections.', |||
          accept has failed on {{ $labels.instance }} about {{ $value | humanize }} times within 5 minutes with {{ $labels.error }}. Clients wait in the queue meanwhile, or give up.
        |||, 'increase(threadecho_accept_errors_total{S,error!="ECONNABORTED"}[5m]) > 0') + lasting('1m'),

        alert('ThreadechoForcedDrains', 'warning', 'An instance of threadecho stopped with clients connected.', |||
          When {{ $labels.instance }} was last seen draining, {{ $value | humanize }} connections were still open or had been ended by force. Those clients were cut off in the middle of their work.
        |||, |||
          increase(threadecho_connections_closed_total{S,reason="drain_forced"}[10m]) > 0
            or
          (
            min_over_time((threadecho_connections_active{S} and threadecho_draining{S} == 1)[10m:5s]) > 0
              unless threadecho_draining{S} == 1
          )
        |||),

        alert('ThreadechoDrainTakesLong', 'warning', 'An instance of threadecho has been draining for 10 minutes.', |||
          {{ $labels.instance }} was told to stop and still has clients: DRAIN_DELAY and DRAIN_TIMEOUT let it wait that long. A rollout waits as well.
        |||, 'threadecho_draining{S} == 1') + lasting('10m'),

        alert('ThreadechoSlowEcho', 'warning', 'An instance of threadecho echoes slowly.', |||
          One echo in a hundred takes {{ $labels.instance }} more than {{ $value | humanizeDuration }} to hand back to the kernel. Its clients do not read, or it has no processor time.
        |||, 'instance:threadecho_echo_duration_seconds:p99_rate5m{S} > %g' % config.slowSeconds)
        + lasting('5m') + calming('5m'),

        alert('ThreadechoSlowThreadStart', 'warning', 'New clients of threadecho wait to be served.', |||
          One new connection in a hundred waits more than {{ $value | humanizeDuration }} on {{ $labels.instance }} before its first byte can be received.
        |||, 'instance:threadecho_thread_start_seconds:p99_rate5m{S} > %g' % config.slowSeconds)
        + lasting('5m') + calming('5m'),

        alert('ThreadechoRetransmits', 'warning', 'The network loses segments of threadecho.', |||
          About {{ $value | humanizePercentage }} of the segments that {{ $labels.instance }} sends have to be sent again: something on the way drops packets.
        |||, |||
          instance:threadecho_tcp_retransmitted_segments:ratio_rate5m{S} > %g
            and increase(threadecho_tcp_retransmitted_segments_total{S}[5m]) > 10
        ||| % config.retransmitShare) + lasting('5m') + calming('5m'),

        alert('ThreadechoConnectionsLost', 'warning', 'Connections to threadecho break.', |||
          {{ $value | humanizePercentage }} of the connections that ended on {{ $labels.instance }} did so because the peer was gone, took nothing, an error came up, or a fault on demand ended them.
        |||, |||
          instance:threadecho_connections_lost:ratio_rate5m{S} > %g
            and sum without (reason) (
              increase(threadecho_connections_closed_total{S,reason=~"error|fault|peer_timeout|write_timeout"}[5m])) > 5
        ||| % config.lostShare) + lasting('5m') + calming('5m'),

        alert('ThreadechoLogLinesDropped', 'info', 'An instance of threadecho drops log lines.', |||
          About {{ $value | humanize }} log lines of {{ $labels.instance }} were dropped within 10 minutes: the reader of its standard output is too slow.
        |||, 'increase(threadecho_log_lines_dropped_total{S}[10m]) > 0'),
      ],
    }, {
      // Of `threadecho watch`: a path leads from a watcher (watcher_node, or the instance) to one address of a target (node).
      // With --aggregate a series is of all addresses of a target together.
      name: 'threadecho-mesh-alerts',
      rules: [
        alert('ThreadechoPathDown', 'warning', 'A watched path is down.', |||
          %s has had no working connection to {{ $labels.target }}{{ if $labels.address }} at {{ $labels.address }}{{ with $labels.node }} on {{ . }}{{ end }}{{ else }}, except at {{ $value }} of its addresses,{{ end }} for a minute. Clients on this path are cut off.
        ||| % watcher, |||
          threadecho_watch_up{W,address!=""} == 0
            or
          threadecho_watch_up{W,address=""} < threadecho_watch_addresses{W}
        |||, mesh) + lasting('1m'),

        alert('ThreadechoPathFlapping', 'warning', 'A watched path keeps losing connections.', |||
          %s has lost about {{ $value | humanize }} connections to {{ $labels.target }}%s within 15 minutes.
        ||| % [watcher, at_address], |||
          increase(threadecho_watch_address_connections_lost_total{W,address!=""}[15m]) > %(losses)d
            or
          increase(threadecho_watch_address_connections_lost_total{W,address=""}[15m])
            > %(losses)d * threadecho_watch_addresses{W}
        ||| % { losses: config.pathLosses }, mesh) + lasting('1m'),

        alert('ThreadechoPathSlow', 'warning', 'Echoes on a watched path take long.', |||
          One message in a hundred from %s to {{ $labels.target }} takes more than {{ $value | humanizeDuration }} to come back.
        ||| % watcher, 'instance:threadecho_watch_round_trip_seconds:p99_rate5m{W} > %g' % config.slowSeconds, mesh)
        + lasting('5m') + calming('5m'),

        alert('ThreadechoPathRetransmits', 'warning', 'A watched path drops packets.', |||
          {{ $value | humanizePercentage }} of the segments from %s to {{ $labels.target }}%s had to be sent again.
        ||| % [watcher, at_address], |||
          instance:threadecho_watch_tcp_retransmitted_segments:ratio_rate5m{W} > %g
            and increase(threadecho_watch_tcp_retransmitted_segments_total{W}[5m]) > 10
        ||| % config.retransmitShare, mesh) + lasting('5m') + calming('5m'),
      ],
    }],
  },
}
