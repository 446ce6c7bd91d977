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
      [8, g.timeseries('Threads and connections', 'The lesson in one picture. per-connection: one thread for each connection, the lines lie on each other. pool: the threads stay at POOL_THREADS while connections grow. blocking-pool: they stay there too, and each connection beyond them waits for a thread: the dotted line. Dashed: connections.', 'none', 'threads, connections', [
        s.query(by_model('threadecho_active_threads{S}'), '{{thread_model}}: active threads'),
        s.query(by_model('threadecho_connections_active{S}'), '{{thread_model}}: connections'),
        s.query('sum by (thread_model) (threadecho_connections_waiting{S}{JOIN,thread_model="blocking-pool"})', '{{thread_model}}: waiting for a thread'),
      ]) + g.from_zero + g.defaults({ decimals: 0 }) + of_models('active', 'connections', g.dashed) + g.overrides([
        g.matching('blocking-pool: waiting.*', g.colour('purple') + g.dotted),
      ])],
      [8, g.timeseries('Context switches per message', 'How often a thread gave up its processor for one message. voluntary: it waited; a thread that serves one client blocks in recv for every message, so near 1, while a busy pool serves many messages before it waits, so near 0; one with little to do wakes up for each as well. involuntary: it was preempted; more than a little means too few processors. Without traffic the line ends, because idle threads switch too.', 'none', 'switches per receive', [
        s.query('sum by (kind, thread_model) (rate(threadecho_context_switches_total{S}[$__rate_interval]){JOIN}) / on (thread_model) group_left () (%s > 10)' % by_model('rate(threadecho_receives_total{S}[$__rate_interval])'), '{{thread_model}}: {{kind}}'),
      ]) + g.from_zero + g.defaults({ decimals: 2 }) + of_models('voluntary', 'involuntary', g.dashed)],
      [8, g.timeseries('CPU time per message', 'User and system time of the whole process for each receive: what a message costs. Switching between threads is most of the difference between the models.', 's', 'processor time per receive', [
        s.query('%s / (%s > 10)' % [by_model('rate(process_cpu_seconds_total{S}[$__rate_interval])'), by_model('rate(threadecho_receives_total{S}[$__rate_interval])')], '{{thread_model}}'),
      ]) + g.from_zero + model_colours],
    ]),
    g.line(9, [
      [8, g.timeseries('Thread start time', 'From the return of accept until the thread of the connection is ready to receive (pool: until a worker watches the connection; blocking-pool: with the time in the queue). Tens of microseconds on an idle machine; milliseconds when many connections come at once or other work keeps the processors. On a logarithmic axis. The line is where the alert ThreadechoSlowThreadStart begins.', 's', 'time (log)', [
        s.query(s.quantile(q, 'threadecho_thread_start_seconds_bucket', ', thread_model', '{JOIN}'), '{{thread_model}}: p%d' % (100 * q))
        for q in [0.5, 0.99]
      ]) + g.log_axis + g.statistics + of_models('p99', 'p50') + g.alert_series(config.slowSeconds, s.fill('up{S}')) + g.runbook(['ThreadechoSlowThreadStart'])],
      [8, g.timeseries('Memory per connection', 'Resident memory of the process for each open connection. The process itself needs some MB, which few connections share, so the line falls as clients come, towards what one costs: about 9 KiB idle, up to BUFFER_SIZE more once its messages are large. What the kernel holds for threads and sockets is not in it.', 'bytes', 'memory (log)', [
        s.query('%s / (%s > 0)' % [by_model('process_resident_memory_bytes{S}'), by_model('threadecho_connections_active{S}')], '{{thread_model}}: per connection'),
        s.query('%s / (%s > 0)' % [by_model('process_resident_memory_bytes{S}'), by_model('threadecho_active_threads{S}')], '{{thread_model}}: per echo thread'),
      ]) + g.log_axis + of_models('per connection', 'per echo', g.dashed) + g.runbook(['ThreadechoNearMemoryLimit'])],
      [8, g.timeseries('CPU usage', 'Processor seconds used per second: 1 is one core all the time. As high as the cores of the machine, or the limit of the container, means that no more is left, and echo times grow.', 'count:cores', 'cores', [
        s.by_instance('rate(process_cpu_seconds_total{S}[$__rate_interval])'),
      ]) + g.from_zero + g.stacked + g.statistics],
    ]),
  ]);

  // One line for each server, in the colour of its model. One client at a time is red.
  local side(title, description, unit, axis, more, expr) =
    [6, g.timeseries(title, description, unit, axis, [g.query(g.named(s.fill(expr)), '{{thread_model}} {{name}}')]) + more + g.last + g.overrides([
      g.matching('per-connection .*', g.colour('blue')),
      g.matching('blocking-pool .*', g.colour('purple')),
      g.matching('pool .*', g.colour('orange')),
      g.matching('.*one-at-a-time.*', g.colour('red')),
    ])];
  local each(expr) = 'sum by (%s, namespace, job, instance, pod, thread_model) (%s{JOIN})' % [config.clusterLabel, expr];
  local side_by_side = g.row('Thread models side by side', [g.line(9, [
    side('Switches per message',
         'How often a thread gave up its processor for one message, waiting and preempted together. Near 1 where a thread waits for its one client, in all but pool. There one thread finds the next client ready, so near 0 under load; with little to do it waits as often.',
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
         'Resident memory of the process for each open connection, with more than 10 of them. The process itself needs some MB, which are shared by all, so compare servers with equally many clients. What a thread and a socket cost the kernel is not in it.',
         'bytes',
         'memory',
         g.from_zero,
         '%s / (%s > 10)' % [each('process_resident_memory_bytes{S}'), each('threadecho_connections_active{S}')]),
    side('Clients waiting',
         'Clients that are connected and wait for a free thread, in the queue of blocking-pool. One at a time: all but one. In per-connection and pool no client waits for another one to leave, so 0.',
         'none',
         'clients',
         g.from_zero + g.defaults({ decimals: 0 }),
         each('threadecho_connections_waiting{S}')),
  ])]);

  [threads, side_by_side]
