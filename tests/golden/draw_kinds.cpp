#include "draw_kinds.hpp"

#include <nlohmann/json.hpp>

golden::DrawKinds golden::draw_kinds(const std::string& json) {
  return nlohmann::json::parse(json).get<DrawKinds>();
}
