#pragma once

namespace threadecho::config {

/// How echo work is spread over threads.
enum class ThreadModel { kPerConnection, kBlockingPool, kPool };

/// Linux scheduling policy of echo threads, see sched(7).
enum class SchedPolicy { kOther, kBatch };

}  // namespace threadecho::config
