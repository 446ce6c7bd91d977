// Shares that both a rule and a panel look at, over `span`, so that the panel draws what the alert sees.
function(config, span)
  local over(text) = std.strReplace(std.stripChars(text, '\n'), 'SPAN', span);
  {
    // The kernel does not tell how many segments were sent. Each receive is echoed in at least one, and an Ethernet frame
    // holds 1448 bytes: this estimate is right within a factor of two. Retransmits are among the segments sent, which also
    // keeps the share below 1 when they are counted a second later.
    retransmits: over(|||
      rate(threadecho_tcp_retransmitted_segments_total{S}[SPAN])
        / (
          rate(threadecho_tcp_retransmitted_segments_total{S}[SPAN])
            + rate(threadecho_receives_total{S}[SPAN]) + rate(threadecho_echoed_bytes_total{S}[SPAN]) / 1448
          > 0
        )
    |||),
    lost: over(|||
      sum without (reason) (
        rate(threadecho_connections_closed_total{S,reason=~"error|fault|peer_timeout|write_timeout"}[SPAN]))
        / (sum without (reason) (rate(threadecho_connections_closed_total{S}[SPAN])) > 0)
    |||),
    // Of the clients that come, without those that are refused on purpose.
    rejected: over(|||
      rate(threadecho_connections_rejected_total{S,reason!~"%(purpose)s"}[SPAN])
        / ignoring (reason) group_left () (
          sum without (reason) (rate(threadecho_connections_rejected_total{S,reason!~"%(purpose)s"}[SPAN]))
            + rate(threadecho_connections_accepted_total{S}[SPAN])
        )
    ||| % { purpose: config.rejectedOnPurpose }),
  }
