#pragma once

#include <algorithm>

#include "densenf/train/options.hpp"

namespace densenf {

DENSENF_INLINE std::vector<ParameterRange> outside_of(std::vector<ParameterRange> ranges, Index size) {
  std::sort(ranges.begin(), ranges.end(),
            [](const ParameterRange& a, const ParameterRange& b) { return a.first < b.first; });
  std::vector<ParameterRange> outside;
  Index end = 0;
  for (const ParameterRange& r : ranges) {
    if (r.first < 0 || r.first > r.end || r.end > size) {
      throw ArgumentError("Parameters {} to {} are not among the {} of the flow: options are of one flow.",
                          r.first, r.end, size);
    }
    if (r.first > end) outside.push_back({end, r.first});
    end = std::max(end, r.end);
  }
  if (end < size) outside.push_back({end, size});
  return outside;
}

}  // namespace densenf
