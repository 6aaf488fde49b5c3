#pragma once

#include <string>

#include "densenf/app/machine.hpp"
#include "densenf/app/report.hpp"
#include "densenf/app/run_options.hpp"
#include "densenf/train/checkpoint.hpp"

// What report.html says about how a run is made.
namespace densenf::app::detail {

inline const char* policy_name(MemoryPolicy policy) {
  switch (policy) {
    case MemoryPolicy::recompute:
      return "recompute";
    case MemoryPolicy::reverse:
      return "reverse";
    default:
      return "store";
  }
}

/// All of a trainer's options. `fixed` are those that a checkpoint compares.
inline Facts training_facts(const TrainOptions& o, const CheckpointSettings& fixed) {
  Facts facts(fixed.begin(), fixed.end());
  const auto or_none = [](bool there, const std::string& text) { return there ? text : "none"; };
  const Schedule& s = o.schedule;
  facts.insert(facts.end(),
               {{"learning rate", fmt::format("{}", s.lr)},
                {"warm-up", or_none(s.warmup_steps > 0, fmt::format("{} steps", s.warmup_steps))},
                {"factor per epoch", or_none(s.gamma < 1, fmt::format("{}", s.gamma))},
                {"cosine", or_none(s.cosine_steps > 0, fmt::format("{} steps", s.cosine_steps))},
                {"last stage",
                 or_none(s.last_stage > 0, fmt::format("from step {} on at {}", s.last_stage, s.last_lr))},
                {"largest gradient norm", or_none(o.max_gradient_norm.has_value(),
                                                  fmt::format("{}", o.max_gradient_norm.value_or(0)))},
                {"kept for the backward pass", policy_name(o.policy)},
                {"images that couplings treat at once", o.slice > 0 ? std::to_string(o.slice) : "all"}});
  return facts;
}

/// All options of a run but those that the page shows elsewhere.
inline Facts option_facts(const RunOptions& o) {
  return {{"folder", o.folder.string()},
          {"steps", std::to_string(o.steps)},
          {"steps between evaluations", std::to_string(o.evaluate_every)},
          {"steps between lines of the log", std::to_string(o.log_every)},
          {"held-out images for the curve, at most", std::to_string(o.held_out_images)},
          {"importance-weighted bound",
           fmt::format("{} draws, {} images at most", o.importance_draws, o.importance_images)},
          {"batch of evaluations", std::to_string(o.evaluation_batch)},
          {"samples", fmt::format("{}, temperature {}", o.samples, o.temperature)},
          {"gray levels of pictures", std::to_string(o.picture_levels)},
          {"checkpoints kept", std::to_string(o.keep_checkpoints)}};
}

inline Facts machine_facts(const std::string& device) {
  return {{"densenf", library_version}, {"compiler", compiler_version()},   {"Eigen", eigen_version()},
          {"device", device},           {"machine", machine_description()}, {"host", host_name()}};
}

}  // namespace densenf::app::detail
