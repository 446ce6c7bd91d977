#pragma once

#include "client/connect_race.h"
#include "client/failure.h"

namespace threadecho::client {

/// The kind of an attempt that failed: that of its error or, where the error says too little, what this host lacks. An
/// address that "cannot be assigned" is a lack of ports if there is a route to the endpoint, and else a lack of an
/// address to connect from; a network is unreachable too where this host has no address of the family.
FailureKind kind_of(const Attempt& attempt);

}  // namespace threadecho::client
