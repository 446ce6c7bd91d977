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
    '%s/d/%s/%s?{{ with $labels.job }}var-job={{ urlquery . }}{{ end }}%s' % [config.grafanaUrl, name, name, parameters(variables + labels)],
  local servers = board('threadecho', {}),
  local mesh = board('threadecho-mesh', { target: 'target', watcher_node: 'watcher' }),

  local alert(name, severity, summary, description, expr, dashboard=servers) = {
    alert: name,
    expr: fill(expr),
    labels: { severity: severity },
    annotations: {
      summary: summary,
      description: std.stripChars(description, '\n'),
      runbook_url: '%s#%s' % [config.runbookUrl, std.asciiLower(name)],
      dashboard_url: dashboard,
    },
  },
  local lasting(time) = { 'for': time },
  // For values that hover around their level: one alert with one end, not many.
  local calming(time) = { keep_firing_for: time },

  // Which instances an alert on a whole job is about, and how many targets these are.
  local together = '{{ with $labels.job }}the job {{ . }}{{ else }}%s{{ end }}{{ with $labels.namespace }}, namespace {{ . }}{{ end }}{{ with $labels.%s }}, cluster {{ . }}{{ end }}' % [config.selector, config.clusterLabel],
  local targets = '{{ with printf `count(up{%s,%s=%%q,namespace=%%q,job=%%q})` $labels.%s $labels.namespace $labels.job | query }}{{ . | first | value }}{{ end }}' % [std.strReplace(config.selector, '%', '%%'), config.clusterLabel, config.clusterLabel],

  // Where the path of a watcher leads.
  local watcher = '{{ or $labels.watcher_node $labels.instance }}',
  local at_address = '{{ with $labels.address }} at {{ . }}{{ end }}{{ with $labels.node }} on {{ . }}{{ end }}',

  prometheusAlerts+:: {
    groups+: [{
      name: 'threadecho-alerts',
      rules: [
        alert('ThreadechoDown', 'critical', 'Most or all instances of threadecho are down.', |||
          {{ if ge $value 1.0 }}Prometheus has no target any more in %(together)s.{{ else }}Prometheus can scrape only {{ $value | humanizePercentage }} of the instances in %(together)s (targets: %(targets)s). They are down, or Prometheus cannot reach their HTTP port.{{ end }}
        ||| % { together: together, targets: targets }, |||
          sum by (SCOPE) (up{S}) / count by (SCOPE) (up{S}) < %g
            or
          (count by (SCOPE) (up{S} offset %s) unless count by (SCOPE) (up{S}))%s
        ||| % [config.downShare, config.goneWithin, if config.absentIsDown then '\n  or\nabsent(up{S})' else '']) + lasting(config.downFor) + calming('2m'),

        alert('ThreadechoInstanceDown', 'warning', 'An instance of threadecho is down.', |||
          Prometheus could not scrape {{ $labels.instance }} for %s: it is stopped, stuck or unreachable. Its clients have probably lost their connections.
        ||| % config.instanceDownFor, 'up{S} == 0') + lasting(config.instanceDownFor),

        alert('ThreadechoRestarting', 'warning', 'An instance of threadecho restarts repeatedly.', |||
          {{ $labels.instance }} started {{ $value }} times within 15 minutes. Each restart ends all connections.
        |||, 'changes(process_start_time_seconds{S}[15m]) > %d' % config.restarts),

        alert('ThreadechoNotReady', 'warning', 'An instance of threadecho is not ready.', |||
          {{ $labels.instance }} has been unready for %s and is not draining: it has reached its connection limit, the system allows no more threads, or the fault unready is active. It may refuse new clients.
        ||| % config.notReadyFor, |||
          threadecho_ready{S} == 0
            and threadecho_draining{S} == 0
        |||) + lasting(config.notReadyFor) + calming('2m'),

        alert('ThreadechoNearConnectionLimit', 'warning', 'An instance of threadecho is close to its connection limit.', |||
          {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its connection limit. At the limit it refuses new clients.
        |||, 'instance:threadecho_connections:ratio{S} > %g' % config.limitShare) + lasting(config.sustainedFor) + calming('5m'),

        alert('ThreadechoNearFdLimit', 'warning', 'An instance of threadecho is close to its descriptor limit.', |||
          {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its descriptor limit. Without a free descriptor it cannot accept clients.
        |||, 'instance:process_open_fds:ratio{S} > %g' % config.limitShare) + lasting('2m') + calming('5m'),

        alert('ThreadechoNearMemoryLimit', 'critical', 'An instance of threadecho is close to its memory limit.', |||
          {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory limit. At the limit the kernel kills the process, and all clients lose their connections.
        |||, 'instance:process_resident_memory_bytes:ratio{S} > %g' % config.limitShare) + lasting('2m') + calming('5m'),

        // A limit for each client refuses on purpose, for as long as such a client tries.
        alert('ThreadechoRejecting', 'warning', 'An instance of threadecho refuses clients.', |||
          {{ $labels.instance }} refuses {{ $value | humanizePercentage }} of its new clients, without those that it refuses on purpose. Reason: {{ $labels.reason }}.
        |||, '%s > %g' % [(import 'expressions.libsonnet')(config, '5m').rejected, config.rejectedShare]) + lasting('1m') + calming('5m'),

        alert('ThreadechoAcceptErrors', 'warning', 'An instance of threadecho fails to accept connections.', |||
          On {{ $labels.instance }}, accept failed about {{ $value | humanize }} times within 5 minutes with {{ $labels.error }}. New clients wait in the listen queue, or give up.
        |||, 'increase(threadecho_accept_errors_total{S,error!="ECONNABORTED"}[5m]) > 0') + lasting('1m'),

        alert('ThreadechoForcedDrains', 'warning', 'An instance of threadecho stopped while clients were connected.', |||
          Up to {{ $value | humanize }} connections were still open when the drain of {{ $labels.instance }} ended. The server closed them while the clients still used them.
        |||, |||
          increase(threadecho_connections_closed_total{S,reason="drain_forced"}[10m]) > 0
            or
          (
            min_over_time((threadecho_connections_active{S} and threadecho_draining{S} == 1)[10m:5s]) > 0
              unless threadecho_draining{S} == 1
          )
        |||),

        alert('ThreadechoDrainTakesLong', 'warning', 'An instance of threadecho has been draining for 10 minutes.', |||
          {{ $labels.instance }} began to drain 10 minutes ago and still has clients: DRAIN_DELAY and DRAIN_TIMEOUT allow that. A rollout waits for it.
        |||, 'threadecho_draining{S} == 1') + lasting('10m'),

        alert('ThreadechoSlowEcho', 'warning', 'An instance of threadecho echoes slowly.', |||
          The p99 echo time of {{ $labels.instance }} is {{ $value | humanizeDuration }}. Its clients do not read, or it gets too little CPU time.
        |||, 'instance:threadecho_echo_duration_seconds:p99_rate5m{S} > %g' % config.slowSeconds)
        + lasting(config.sustainedFor) + calming('5m'),

        alert('ThreadechoSlowThreadStart', 'warning', 'New clients of threadecho wait long before they are served.', |||
          The p99 thread start time of {{ $labels.instance }} is {{ $value | humanizeDuration }}: new connections wait that long before the server reads from them.
        |||, 'instance:threadecho_thread_start_seconds:p99_rate5m{S} > %g' % config.slowSeconds)
        + lasting(config.sustainedFor) + calming('5m'),

        alert('ThreadechoRetransmits', 'warning', 'An instance of threadecho has many TCP retransmits.', |||
          {{ $labels.instance }} retransmits about {{ $value | humanizePercentage }} of its TCP segments: packets are lost between it and its clients.
        |||, |||
          instance:threadecho_tcp_retransmitted_segments:ratio_rate5m{S} > %g
            and increase(threadecho_tcp_retransmitted_segments_total{S}[5m]) > 10
        ||| % config.retransmitShare) + lasting(config.sustainedFor) + calming('5m'),

        alert('ThreadechoConnectionsLost', 'warning', 'An instance of threadecho loses connections.', |||
          {{ $value | humanizePercentage }} of the connections that ended on {{ $labels.instance }} were lost: the client was unreachable or stopped reading, an error occurred, or a fault on demand ended them.
        |||, |||
          instance:threadecho_connections_lost:ratio_rate5m{S} > %g
            and sum without (reason) (
              increase(threadecho_connections_closed_total{S,reason=~"error|fault|peer_timeout|write_timeout"}[5m])) > 5
        ||| % config.lostShare) + lasting(config.sustainedFor) + calming('5m'),

        alert('ThreadechoLogLinesDropped', 'info', 'An instance of threadecho drops log lines.', |||
          {{ $labels.instance }} dropped about {{ $value | humanize }} log lines within 10 minutes: the reader of its standard output is too slow.
        |||, 'increase(threadecho_log_lines_dropped_total{S}[10m]) > 0'),
      ],
    }, {
      // Of `threadecho watch`: a path leads from a watcher (watcher_node, or the instance) to one address of a target (node).
      // With --aggregate a series is of all addresses of a target together.
      name: 'threadecho-mesh-alerts',
      rules: [
        alert('ThreadechoPathDown', 'warning', 'A watched path is down.', |||
          {{ if $labels.address }}The path from %(watcher)s to {{ $labels.target }}%(at_address)s has been down for %(time)s.{{ else }}For %(time)s, %(watcher)s has reached only {{ $value }} addresses of {{ $labels.target }}.{{ end }} Clients on this path cannot connect, or have lost their connections.
        ||| % { watcher: watcher, at_address: at_address, time: config.pathDownFor }, |||
          threadecho_watch_up{W,address!=""} == 0
            or
          threadecho_watch_up{W,address=""} < threadecho_watch_addresses{W}
        |||, mesh) + lasting(config.pathDownFor) + calming('2m'),

        alert('ThreadechoPathFlapping', 'warning', 'A watched path keeps losing connections.', |||
          %s lost about {{ $value | humanize }} connections to {{ $labels.target }}%s within 15 minutes.
        ||| % [watcher, at_address], |||
          increase(threadecho_watch_address_connections_lost_total{W,address!=""}[15m]) > %(losses)d
            or
          increase(threadecho_watch_address_connections_lost_total{W,address=""}[15m])
            > %(losses)d * threadecho_watch_addresses{W}
        ||| % { losses: config.pathLosses }, mesh) + lasting('1m'),

        alert('ThreadechoPathDegraded', 'warning', 'A watched path works, but not for all its connections.', |||
          {{ if eq $labels.connection "fresh" }}New connections{{ else }}Connections that have been silent for long{{ end }} from %s to {{ $labels.target }} have failed for %s, on {{ $value }} of its paths. Connections that are open and busy work.
        ||| % [watcher, config.sustainedFor], 'threadecho_watch_paths_failing{W,connection!="lasting"} > 0', mesh)
        + lasting(config.sustainedFor) + calming('2m'),

        alert('ThreadechoPathSlow', 'warning', 'A watched path is slow.', |||
          The p99 round-trip time from %s to {{ $labels.target }} is {{ $value | humanizeDuration }}.
        ||| % watcher, 'instance:threadecho_watch_round_trip_seconds:p99_rate5m{W} > %g' % config.slowSeconds, mesh)
        + lasting(config.sustainedFor) + calming('5m'),

        alert('ThreadechoPathRetransmits', 'warning', 'A watched path has many TCP retransmits.', |||
          %s retransmits {{ $value | humanizePercentage }} of its TCP segments to {{ $labels.target }}%s.
        ||| % [watcher, at_address], |||
          instance:threadecho_watch_tcp_retransmitted_segments:ratio_rate5m{W} > %g
            and increase(threadecho_watch_tcp_retransmitted_segments_total{W}[5m]) > 10
        ||| % config.retransmitShare, mesh) + lasting(config.sustainedFor) + calming('5m'),

        alert('ThreadechoWatcherDown', 'warning', 'A watcher of threadecho is down.', |||
          Prometheus could not scrape the watcher %s for %s: it is stopped, stuck or unreachable. Meanwhile the state of its paths is unknown.
        ||| % [watcher, config.instanceDownFor], 'up{W} == 0', mesh) + lasting(config.instanceDownFor),

        alert('ThreadechoTargetUnresolved', 'warning', 'A watched target has no address.', |||
          For %s, %s has found no address of {{ $labels.target }}: the name does not exist, or the look-up fails. No path to this target is watched.
        ||| % [config.unresolvedFor, watcher], 'threadecho_watch_addresses{W} == 0', mesh) + lasting(config.unresolvedFor),
      ],
    }],
  },
}
