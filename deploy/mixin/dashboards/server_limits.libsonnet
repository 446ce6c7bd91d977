// Rows of the dashboard threadecho on the network, limits, drains and restarts.
local g = import 'grafana.libsonnet';

function(config, s, reasons)
  local network = g.row('Network', [g.line(9, [
    [6, g.timeseries('Round-trip time',
                     'The smoothed round-trip time that TCP measures between this server and its clients, sampled at most once a second for each connection. Far above the usual value of your network: a queue on the path is full.',
                     's',
                     'time (log)',
                     s.percentiles('threadecho_tcp_rtt_seconds_bucket')) + g.log_axis + g.statistics + g.percentiles + g.runbook(['ThreadechoRetransmits'])],
    [6, s.heatmap('Round-trip time heatmap',
                  'How many round trips per second took how long: the stronger the colour, the more. Each band is a group of clients: in the same zone, in another zone, on another continent.',
                  'count:round trips/s',
                  'round trip',
                  'sum by (le) (rate(threadecho_tcp_rtt_seconds_bucket{S}[$__rate_interval]))')],
    [6, g.timeseries('TCP retransmits', 'The share of TCP segments that each instance retransmitted. This is an estimate, because the kernel does not count the segments that it sends. With few segments the share jumps. The line is the level of the alert ThreadechoRetransmits, which also wants more than 10 retransmits within 5 minutes: transfers become slow, because packets are lost on the path.', 'percentunit', 'share of segments', [
      s.by_instance(s.shares.retransmits),
    ]) + g.from_zero + g.statistics + g.alert_level(config.retransmitShare) + g.runbook(['ThreadechoRetransmits'])],
    [6, g.timeseries('PROXY headers', 'Connections to PROXY_PORT per second, by the header that they began with. v1 and v2 name a client, local is the load balancer itself, unknown names no client of TCP; closed is a health check that only connects. malformed, timeout and untrusted are refused, and the log says why.', 'count:conn/s', 'connections per second', [
      s.query('sum by (result) (rate(threadecho_proxy_headers_total{S}[$__rate_interval]))', '{{result}}'),
    ]) + g.from_zero + g.stacked + g.colours({ malformed: 'red', untrusted: 'purple' })],
  ])]);

  local shares = {
    Connections: 'max(threadecho_connections_active{S} / threadecho_connections_limit{S})',
    Descriptors: 'max(process_open_fds{S} / process_max_fds{S})',
    Memory: 'max(process_resident_memory_bytes{S} / (threadecho_memory_limit_bytes{S} > 0))',
  };
  local near = g.runbook(['ThreadechoNearConnectionLimit', 'ThreadechoNearFdLimit', 'ThreadechoNearMemoryLimit']);
  local limits = g.row('Limits', [
    g.line(8, [
      [6, g.bargauge('Limit utilisation', 'The share of each limit that the fullest instance uses. Connections: of threadecho_connections_limit; at the limit the server refuses clients. Descriptors: of the limit of the process. Memory: of the limit of the container or the memory of the machine; at the limit the kernel kills the process. Red: above the level of an alert.', 'percentunit', [
            s.instant(shares[name], name)
            for name in std.objectFields(shares)
          ]) + g.defaults({ decimals: 1, max: 1 }) + g.steps([[null, 'green'], [0.75, 'orange'], [config.limitShare, 'red']])
          + { options+: { namePlacement: 'top', maxVizHeight: 48 } } + near],
      [9, g.timeseries('Limit utilisation over time', 'The same shares over time. The line is the level of the alerts.', 'percentunit', 'share of the limit', [
            s.query(shares[name], name)
            for name in std.objectFields(shares)
          ]) + g.from_zero + g.statistics + g.alert_level(config.limitShare) + g.defaults({ max: 1 })
          + g.colours({ Connections: 'blue', Descriptors: 'purple', Memory: 'green' }) + near],
      [9, g.timeseries('Memory', 'Resident memory of each instance. Dashed: the largest address space (mostly untouched stacks, which cost nothing) and the lowest memory limit. Socket buffers are kernel memory: they count against the limit of the container but are not shown here, so leave room.', 'bytes', 'memory (log)', [
        s.by_instance('process_resident_memory_bytes{S}'),
        s.query('max(process_virtual_memory_bytes{S})', 'address space'),
        s.query('min(threadecho_memory_limit_bytes{S} > 0)', 'limit'),
      ]) + g.log_axis + g.statistics + g.overrides([
        g.series('limit', g.colour('red') + g.dashed),
        g.series('address space', g.colour('text') + g.dashed),
      ]) + g.runbook(['ThreadechoNearMemoryLimit'])],
    ]),
    g.line(8, [
      [6, g.timeseries('Connections refused by reason', 'Clients refused per second. max_connections: the connection limit; max_per_client: one address has reached its own limit, which raises no alert; fault: a fault on demand; thread_limit: the system allows no more threads.', 'count:clients/s', 'clients per second', [
            s.query('sum by (reason) (rate(threadecho_connections_rejected_total{S}[$__rate_interval]))', '{{reason}}'),
          ]) + g.from_zero + g.stacked + g.colours({ max_connections: 'red', max_per_client: 'orange', thread_limit: 'purple', fault: reasons.fault })
          + g.runbook(['ThreadechoRejecting'])],
      [6, g.timeseries('Accept errors', 'Calls of accept that failed per second. EMFILE, ENFILE: out of descriptors; ENOBUFS, ENOMEM: out of memory; ECONNABORTED: the client gave up, which is harmless. Only errors that occurred are drawn.', 'count:errors/s', 'errors per second', [
        s.query('sum by (error) (rate(threadecho_accept_errors_total{S}[$__rate_interval])) > 0', '{{error}}'),
      ]) + g.from_zero + g.bars + g.defaults({ noValue: 'none failed' }) + g.runbook(['ThreadechoAcceptErrors'])],
      [6, g.timeseries('Log lines dropped', 'Log lines dropped per second: standard output was full or, for the lines "connection opened", more than half full. The reader of the log is too slow. Echoing never waits for it.', 'count:lines/s', 'lines per second', [
        s.by_instance('rate(threadecho_log_lines_dropped_total{S}[$__rate_interval])'),
      ]) + g.from_zero + g.statistics + g.runbook(['ThreadechoLogLinesDropped'])],
      [6, g.timeseries('Faults on demand', 'Faults that were added with POST /faults: how many are active, and how often per second each kind took effect on a message, a connection or /readyz. Only with FAULTS=on.', 'count:effects/s', 'effects per second', [
        s.query('sum by (fault) (rate(threadecho_faults_injected_total{S}[$__rate_interval]))', '{{fault}}'),
        s.query('sum(threadecho_faults_active{S})', 'active (right)'),
      ]) + g.from_zero + g.overrides([g.series('active (right)', g.colour('red') + {
        unit: 'none',
        'custom.axisPlacement': 'right',
        'custom.axisLabel': 'active',
        'custom.lineStyle': { fill: 'dash', dash: [8, 6] },
      })])],
    ]),
  ]);

  local states = { '-1': ['down', 'red'], '0': ['full', 'orange'], '1': ['ready', 'green'], '2': ['draining', 'blue'], '3': ['draining', 'blue'] };
  local columns = ['Value #C', 'Value #D', 'Value #E', 'Value #F'];
  local drains = g.row('Drain and restarts', [
    g.line(8, [
      [12, g.state_timeline('State', 'Each instance over time. ready: accepts new clients; full: refuses them; draining: is stopping and lets its clients finish; down: Prometheus cannot scrape it. The marks on all graphs show starts, drains and alerts.', [
        s.named('max by (%s, namespace, job, instance, pod) (threadecho_ready{S} + 2 * threadecho_draining{S} or up{S} - 1)' % config.clusterLabel, '{{name}}'),
      ]) + g.defaults({ mappings: [{ type: 'value', options: {
        [value]: { text: states[value][0], color: states[value][1], index: std.parseInt(value) + 1 }
        for value in std.objectFields(states)
      } }] }) + g.runbook(['ThreadechoInstanceDown', 'ThreadechoNotReady', 'ThreadechoRestarting'])],
      [6, g.timeseries('Connections during drains', 'Connections open while an instance drains. If all goes well, the line falls to 0 before the drain ends; the server closes what is left. Empty if no instance drains.', 'none', 'connections', [
            s.by_instance('threadecho_connections_active{S} and threadecho_draining{S} == 1'),
          ]) + g.from_zero + g.statistics + g.custom({ showPoints: 'always', pointSize: 6 }) + g.defaults({ decimals: 0, noValue: 'no drain' })
          + g.runbook(['ThreadechoForcedDrains', 'ThreadechoDrainTakesLong'])],
      [6, g.bargauge('How drains ended', 'Connections of the drains in the time shown. closed in time: the client closed during the drain. cut off: the server closed them, or they were still open at the last scrape of the drain. The process ends right after it closes them, so the exact number is in its log line "stopped".', 'none', [
            s.instant('round(sum(increase(threadecho_connections_closed_total{S,reason="drained"}[$__range])))', 'closed in time'),
            s.instant('round(sum(increase(threadecho_connections_closed_total{S,reason="drain_forced"}[$__range])) + (sum(min_over_time((threadecho_connections_active{S} and threadecho_draining{S} == 1)[$__range:5s])) or vector(0)))', 'cut off'),
          ]) + g.fixed('blue') + g.defaults({ decimals: 0, noValue: 'no drain' }) + g.colours({ 'closed in time': 'dark-green', 'cut off': 'dark-red' })
          + { options+: { namePlacement: 'top', maxVizHeight: 48 } } + g.runbook(['ThreadechoForcedDrains'])],
    ]),
    g.line(7, [
      [24, g.table('Instances', 'Each instance with its settings, its build, its start and its number of clients.', 'none', [
        s.table_query('max by (%s, namespace, job, instance, pod%s) (%s)' % [config.clusterLabel, each[0], each[1]])
        for each in [
          [', thread_model, sched_policy', 'threadecho_info{S}'],
          [', version, revision, compiler', 'threadecho_build_info{S}'],
          ['', 'process_start_time_seconds{S} * 1000'],
          ['', 'threadecho_connections_active{S}'],
          ['', 'process_threads{S}'],
          ['', 'process_resident_memory_bytes{S}'],
        ]
      ]) + g.overrides([
        g.series('Started', { unit: 'dateTimeFromNow' }),
        g.series('Memory', { unit: 'bytes' }),
      ]) + g.defaults({ decimals: 0 }) + { transformations: [
        { id: 'merge', options: {} },
        { id: 'organize', options: {
          excludeByName: { Time: true, job: true, 'Value #A': true, 'Value #B': true } + (if config.showMultiCluster then {} else { [config.clusterLabel]: true }),
          local order = [config.clusterLabel, 'namespace', 'pod', 'instance', 'thread_model', 'sched_policy'] + columns + ['version', 'revision', 'compiler'],
          indexByName: { [order[i]]: i for i in std.range(0, std.length(order) - 1) },
          renameByName: {
            [config.clusterLabel]: 'Cluster',
            namespace: 'Namespace',
            pod: 'Pod',
            instance: 'Instance',
            thread_model: 'Thread model',
            sched_policy: 'Scheduling',
            version: 'Version',
            revision: 'Revision',
            compiler: 'Compiler',
            'Value #C': 'Started',
            'Value #D': 'Connections',
            'Value #E': 'Threads',
            'Value #F': 'Memory',
          },
        } },
      ] }],
    ]),
  ]);

  [network, limits, drains]
