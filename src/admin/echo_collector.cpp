#include "admin/echo_collector.h"

#include <string_view>

#include "admin/families.h"
#include "echo/reasons.h"
#include "echo/totals.h"

namespace threadecho::admin {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

void add_traffic(Families& families, const echo::Totals& totals) {
  families.push_back(counter("threadecho_received_bytes_total", "Bytes received from clients.", totals.received_bytes));
  families.push_back(counter("threadecho_echoed_bytes_total",
                             "Bytes sent back to clients, counted when the kernel has taken them.",
                             totals.echoed_bytes));
  families.push_back(counter("threadecho_receives_total", "Successful recv calls.", totals.receives));
}

void add_connections(Families& families, const echo::Totals& totals, std::uint32_t limit) {
  families.push_back(gauge("threadecho_active_threads", "Echo threads that serve at least one connection.",
                           static_cast<double>(totals.active_threads)));
  families.push_back(
      gauge("threadecho_connections_active", "Connections that are open now.", static_cast<double>(totals.active)));
  families.push_back(gauge("threadecho_connections_waiting",
                           "Open connections that wait for a free thread, in the queue of the model blocking-pool.",
                           static_cast<double>(totals.waiting)));
  families.push_back(gauge("threadecho_connections_limit",
                           "Connections that may be open at once: MAX_CONNECTIONS, or fewer if the host allows fewer; "
                           "lowered when the system cannot create a thread.",
                           limit));
  families.push_back(
      counter("threadecho_connections_accepted_total",
              "Connections that got a thread, or a place in the queue for one; refused connections do not count.",
              totals.accepted));
  families.push_back(counters("threadecho_connections_rejected_total", "Connections that were refused, by reason.",
                              "reason", echo::kRejectReasonNames, totals.rejected));
  families.push_back(counters("threadecho_connections_closed_total", "Connections that have ended, by reason.",
                              "reason", echo::kCloseReasonNames, totals.closed));
  families.push_back(counters("threadecho_accept_errors_total", "Failed accept calls, by error.", "error",
                              echo::kAcceptErrorNames, totals.accept_errors));
  families.push_back(counters("threadecho_proxy_headers_total",
                              "Connections to PROXY_PORT, by kind of header, or by the reason why there is none.",
                              "result", echo::kProxyHeaderResultNames, totals.proxy_headers));
}

void add_durations(Families& families, const echo::Totals& totals) {
  families.push_back(
      histogram("threadecho_connection_duration_seconds", "How long ended connections were open, from accept to close.",
                echo::kConnectionDurationBounds, totals.connection_duration.buckets, totals.connection_duration.sum));
  families.push_back(histogram("threadecho_echo_duration_seconds",
                               "From the return of recv until the last byte was handed to the kernel.",
                               echo::kEchoDurationBounds, totals.echo_duration.buckets, totals.echo_duration.sum));
  families.push_back(histogram("threadecho_thread_start_seconds",
                               "From the return of accept until the connection's thread was ready to receive.",
                               echo::kThreadStartBounds, totals.thread_start.buckets, totals.thread_start.sum));
}

void add_path(Families& families, const echo::Totals& totals) {
  families.push_back(
      histogram("threadecho_tcp_rtt_seconds",
                "The kernel's smoothed round-trip time, read after an echo, at most once a second for each "
                "connection, and when the connection ends.",
                echo::kRoundTripBounds, totals.round_trip.buckets, totals.round_trip.sum));
  families.push_back(counter("threadecho_tcp_retransmitted_segments_total",
                             "TCP segments that the kernel retransmitted, read as often as the RTT.",
                             totals.retransmitted_segments));
}

void add_faults(Families& families, const echo::FaultTotals& faults) {
  families.push_back(gauge("threadecho_faults_active", "Faults on demand that are active now, see FAULTS.",
                           static_cast<double>(faults.active)));
  families.push_back(counters("threadecho_faults_injected_total",
                              "Times that a fault on demand took effect, on a message, a connection or /readyz.",
                              "fault", echo::kFaultNames, faults.injected));
}

void add_readiness(Families& families, const echo::Server& server) {
  families.push_back(gauge("threadecho_ready", "1 if the server accepts new clients, else 0; as /readyz says.",
                           server.readiness() == echo::Readiness::kReady ? 1 : 0));
  families.push_back(gauge("threadecho_draining", "1 once a drain has begun.", server.is_draining() ? 1 : 0));
}

}  // namespace

Families EchoCollector::Collect() const {
  const echo::Totals totals = server_.totals();
  Families families;
  add_traffic(families, totals);
  add_connections(families, totals, server_.connections_limit());
  add_durations(families, totals);
  add_path(families, totals);
  add_faults(families, server_.faults().totals());
  add_readiness(families, server_);
  return families;
}

}  // namespace threadecho::admin
