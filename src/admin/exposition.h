#pragma once

#include <prometheus/collectable.h>

#include <initializer_list>
#include <string>

namespace threadecho::admin {

/// All families of `collectors` in Prometheus' text format, version 0.0.4.
std::string exposition(std::initializer_list<const prometheus::Collectable*> collectors);

}  // namespace threadecho::admin
