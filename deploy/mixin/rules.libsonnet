// Recording rules: what alerts ask for, kept so that its history can be looked at. Names are level:metric:operation; the level
// instance keeps all labels of a target. The dashboards do without them: they work where only they were imported, and their
// rates follow the zoom.
local selectors = import 'selectors.libsonnet';

{
  local fill = selectors($._config).fill,
  local shares = (import 'expressions.libsonnet')($._config, '5m'),
  local record(name, expr) = { record: name, expr: fill(expr) },

  prometheusRules+:: {
    groups+: [{
      name: 'threadecho-recording',
      rules: [
        record('instance:threadecho_echo_duration_seconds:p99_rate5m', |||
          histogram_quantile(0.99, rate(threadecho_echo_duration_seconds_bucket{S}[5m]))
        |||),
        record('instance:threadecho_thread_start_seconds:p99_rate5m', |||
          histogram_quantile(0.99, rate(threadecho_thread_start_seconds_bucket{S}[5m]))
        |||),

        record('instance:threadecho_tcp_retransmitted_segments:ratio_rate5m', shares.retransmits),
        record('instance:threadecho_connections_lost:ratio_rate5m', shares.lost),

        // How full each limit is.
        record('instance:threadecho_connections:ratio', 'threadecho_connections_active{S} / threadecho_connections_limit{S}'),
        record('instance:process_open_fds:ratio', 'process_open_fds{S} / process_max_fds{S}'),
        record('instance:process_resident_memory_bytes:ratio',
               'process_resident_memory_bytes{S} / (threadecho_memory_limit_bytes{S} > 0)'),

        // Paths, as `threadecho watch` sees them. A message is one segment, so the share of retransmits is exact while a
        // message fits into one.
        record('instance:threadecho_watch_round_trip_seconds:p99_rate5m', |||
          histogram_quantile(0.99, rate(threadecho_watch_round_trip_seconds_bucket{W}[5m]))
        |||),
        record('instance:threadecho_watch_tcp_retransmitted_segments:ratio_rate5m', |||
          rate(threadecho_watch_tcp_retransmitted_segments_total{W}[5m])
            / (
              rate(threadecho_watch_tcp_retransmitted_segments_total{W}[5m])
                + sum without (result) (rate(threadecho_watch_messages_total{W}[5m]))
              > 0
            )
        |||),
      ],
    }],
  },
}
