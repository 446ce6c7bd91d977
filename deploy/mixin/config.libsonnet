// What differs from one place to another. Override it as in any mixin:
//   (import 'threadecho/mixin.libsonnet') + { _config+:: { job: 'echo' } }
{
  _config+:: {
    // The scrape jobs of servers and of watchers (`threadecho watch`), and the matchers that select their series in rules and
    // dashboards.
    job: 'threadecho',
    watchJob: 'threadecho-watch',
    selector: 'job="%s"' % self.job,
    watchSelector: 'job="%s"' % self.watchJob,

    // Where several clusters share a Prometheus: the label that tells them apart. deploy/alertmanager/alertmanager.yml groups
    // by the same one. With showMultiCluster the dashboards let one choose the cluster, and put it and the namespace before
    // names; series without these labels look the same either way.
    clusterLabel: 'cluster',
    showMultiCluster: true,

    // Links in alerts and dashboards.
    runbookUrl: 'file:///usr/share/doc/threadecho/runbook.md',
    grafanaUrl: 'http://127.0.0.1:3000',

    // Levels of alerts. Dashboards draw those of shares and times.
    downShare: 0.5,  // critical when less than this share of the instances is up
    goneWithin: '15m',  // critical for this long when the last target of a job has gone
    absentIsDown: false,  // critical while there is no target at all; not for a Prometheus that scrapes watchers alone
    restarts: 2,  // within 15 minutes
    limitShare: 0.9,  // of connections, descriptors, memory
    rejectedShare: 0.01,  // of the clients that come
    rejectedOnPurpose: 'max_per_client',  // reasons that raise no alert, as a regular expression
    slowSeconds: 0.1,  // p99 of echo time, thread start and watched round trip
    retransmitShare: 0.01,  // of the segments that are sent
    lostShare: 0.05,  // of the connections that end
    pathLosses: 5,  // of one path within 15 minutes; one outage can take three: the lasting, the idle and a fresh connection

    // Levels that only the dashboard threadecho mesh has.
    pathsUpShare: 0.9,  // red below this, orange below 1
    lossShares: [0.0001, 0.001, 0.01],  // of messages: yellow, orange, red

    // How long it must be so before the alert fires.
    downFor: '1m',
    instanceDownFor: '5m',  // also of a watcher
    notReadyFor: '1m',
    pathDownFor: '1m',
    unresolvedFor: '5m',
    sustainedFor: '5m',  // above the share or time of a level
  },
}
