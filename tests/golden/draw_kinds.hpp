#pragma once

#include <map>
#include <string>
#include <vector>

namespace golden {

/// What the draws of a golden file's passes are, "normal" or "uniform" or another, by the names of the
/// passes.
using DrawKinds = std::map<std::string, std::vector<std::string>>;

/// Of a file's metadata "noise", which is JSON: read in a file of its own, because what reads JSON is a tenth
/// of a golden test.
DrawKinds draw_kinds(const std::string& json);

}  // namespace golden
