// Rows of the dashboard threadecho on threads and thread models.
local g = import 'grafana.libsonnet';

function(config, s)
  local models = {
    'per-connection': ['blue', 'light-blue'],
    'blocking-pool': ['purple', 'light-purple'],
    pool: ['orange', 'light-orange'],
  };
  // Series "MODEL: KIND": the first kind in the colour of the model, the second one in its lighter colour.
  local of_models(first, second=null, properties={}) = g.overrides(std.flattenArrays([
    [g.matching('%s: %s.*' % [model, first], g.colour(models[model][0]))]
    + (if second == null then [] else [g.matching('%s: %s.*' % [model, second], g.colour(models[model][1]) + properties)])
    for model in std.objectFields(models)
  ]));
  local model_colours = g.colours({ [model]: models[model][0] for model in std.objectFields(models) });
  local by_model(expr) = 'sum by (thread_model) (%s{JOIN})' % expr;

  local threads = g.row('Threads', [
    g.line(9, [
      [8, g.timeseries('Threads and connections', 'How threads grow with connections. per-connection: one thread for each connection, so both lines match. pool: there are POOL_THREADS threads however many connections are open. blocking-pool: the same, and each connection beyond that number waits for a thread (dotted line). Dashed: connections.', 'none', 'threads, connections', [
        s.query(by_model('threadecho_active_threads{S}'), '{{thread_model}}: active threads'),
        s.query(by_model('threadecho_connections_active{S}'), '{{thread_model}}: connections'),
        s.query('sum by (thread_model) (threadecho_connections_waiting{S}{JOIN,thread_model="blocking-pool"})', '{{thread_model}}: waiting for a thread'),
      ]) + g.from_zero + g.defaults({ decimals: 0 }) + of_models('active', 'connections', g.dashed) + g.overrides([
        g.matching('blocking-pool: waiting.*', g.colour('purple') + g.dotted),
      ])],
      [8, g.timeseries('Context switches per message', 'How often a thread gave up its CPU per message. voluntary: it waited. A thread that serves one client blocks in recv for every message, so the value is near 1. A busy pool serves many messages before it waits, so the value is near 0; a pool with little load wakes up for each message as well. involuntary: the scheduler preempted it; high values mean too few CPUs. Without traffic the line ends, because idle threads switch too.', 'none', 'switches per receive', [
        s.query('sum by (kind, thread_model) (rate(threadecho_context_switches_total{S}[$__rate_interval]){JOIN}) / on (thread_model) group_left () (%s > 10)' % by_model('rate(threadecho_receives_total{S}[$__rate_interval])'), '{{thread_model}}: {{kind}}'),
      ]) + g.from_zero + g.defaults({ decimals: 2 }) + of_models('voluntary', 'involuntary', g.dashed)],
      [8, g.timeseries('CPU time per message', 'User and system time of the process per receive: the cost of a message. Most of the difference between the models is thread switches.', 's', 'CPU time per receive', [
        s.query('%s / (%s > 10)' % [by_model('rate(process_cpu_seconds_total{S}[$__rate_interval])'), by_model('rate(threadecho_receives_total{S}[$__rate_interval])')], '{{thread_model}}'),
      ]) + g.from_zero + model_colours],
    ]),
    g.line(9, [
      [8, g.timeseries('Thread start time', 'From the return of accept until the thread of the connection is ready to receive (pool: until a worker watches the connection; blocking-pool: with the time in the queue). Tens of microseconds on an idle machine; milliseconds if many connections arrive at once or other work occupies the CPUs. On a logarithmic axis. The line is the level of the alert ThreadechoSlowThreadStart.', 's', 'time (log)', [
        s.query(s.quantile(q, 'threadecho_thread_start_seconds_bucket', ', thread_model', '{JOIN}'), '{{thread_model}}: p%d' % (100 * q))
        for q in [0.5, 0.99]
      ]) + g.log_axis + g.statistics + of_models('p99', 'p50') + g.alert_series(config.slowSeconds, s.fill('up{S}')) + g.runbook(['ThreadechoSlowThreadStart'])],
      [8, g.timeseries('Memory per connection', 'Resident memory of the process for each open connection. The process itself needs some MB, so the line falls as clients connect, towards the cost of one connection: about 9 KiB idle, and up to BUFFER_SIZE more with large messages. Kernel memory for threads and sockets is not included.', 'bytes', 'memory (log)', [
        s.query('%s / (%s > 0)' % [by_model('process_resident_memory_bytes{S}'), by_model('threadecho_connections_active{S}')], '{{thread_model}}: per connection'),
        s.query('%s / (%s > 0)' % [by_model('process_resident_memory_bytes{S}'), by_model('threadecho_active_threads{S}')], '{{thread_model}}: per echo thread'),
      ]) + g.log_axis + of_models('per connection', 'per echo', g.dashed) + g.runbook(['ThreadechoNearMemoryLimit'])],
      [8, g.timeseries('CPU usage', 'CPU seconds used per second: 1 is one core all the time. If it reaches the number of cores or the CPU limit of the container, echo times grow.', 'count:cores', 'cores', [
        s.by_instance('rate(process_cpu_seconds_total{S}[$__rate_interval])'),
      ]) + g.from_zero + g.stacked + g.statistics],
    ]),
  ]);

  // One line for each server, in the colour of its model. One client at a time is red.
  local side(title, description, unit, axis, more, expr) =
    [6, g.timeseries(title, description, unit, axis, [s.named(expr, '{{thread_model}} {{name}}')]) + more + g.last + g.overrides([
      g.matching('per-connection .*', g.colour('blue')),
      g.matching('blocking-pool .*', g.colour('purple')),
      g.matching('pool .*', g.colour('orange')),
      g.matching('.*one-at-a-time.*', g.colour('red')),
    ])];
  local each(expr) = 'sum by (%s, namespace, job, instance, pod, thread_model) (%s{JOIN})' % [config.clusterLabel, expr];
  local side_by_side = g.row('Thread models side by side', [g.line(9, [
    side('Switches per message',
         'How often a thread gave up its CPU per message, voluntary and involuntary together. Near 1 in per-connection and blocking-pool, where a thread waits for its one client. Near 0 in pool under load, where a thread finds the next client ready; with little load it waits as often.',
         'none',
         'switches per message',
         g.from_zero + g.defaults({ decimals: 2 }),
         '%s / (%s > 10)' % [each('rate(threadecho_context_switches_total{S}[$__rate_interval])'), each('rate(threadecho_receives_total{S}[$__rate_interval])')]),
    side('Threads that serve',
         'Echo threads that serve at least one connection. per-connection: as many as clients. blocking-pool: never more than POOL_THREADS, and 1 where it serves one client at a time. pool: POOL_THREADS serve all clients.',
         'none',
         'threads (log)',
         g.log_axis + g.defaults({ decimals: 0 }),
         each('threadecho_active_threads{S}')),
    side('Memory for each connection',
         'Resident memory of the process for each open connection, with more than 10 of them. The process itself needs some MB, so compare servers with the same number of clients. Kernel memory for threads and sockets is not included.',
         'bytes',
         'memory',
         g.from_zero,
         '%s / (%s > 10)' % [each('process_resident_memory_bytes{S}'), each('threadecho_connections_active{S}')]),
    side('Clients waiting',
         'Connected clients that wait for a free thread in the queue of blocking-pool. With one thread, all but one wait. 0 in per-connection and pool, where no client waits for another one to leave.',
         'none',
         'clients',
         g.from_zero + g.defaults({ decimals: 0 }),
         each('threadecho_connections_waiting{S}')),
  ])]);

  [threads, side_by_side]
