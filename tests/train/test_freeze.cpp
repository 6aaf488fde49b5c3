#include "densenf/train/freeze.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "../error_of.hpp"
#include "../io/temporary_folder.hpp"
#include "densenf/densenf.hpp"
#include "densenf/train/checkpoint.hpp"

using namespace densenf;
using test::error_of;

namespace {

using Step = Compose<ActNorm, Conv1x1, AffineCoupling<nn::Mlp<6>>>;
using FlowType = Flow<Unit<2, Step>, float>;

Batch<float> points(int step) {
  Batch<float> batch{{3, 1, 1}, 6, {}};
  for (int i = 0; i < 18; ++i)
    batch.values.push_back(static_cast<float>((7 * i + 3 * step) % 11) * 0.3F + static_cast<float>(i % 3));
  return batch;
}

constexpr auto is_act_norm = []<class Piece>(const Piece&) { return std::is_same_v<Piece, ActNorm>; };

/// All parameters whose names say so, in the order of the table.
template <class Says>
std::vector<float> numbers_of(const FlowType& flow, const std::vector<float>& all, const Says& says) {
  std::vector<float> some;
  for (const ParamSpec& spec : flow.table().parameters) {
    if (!says(spec.name)) continue;
    const auto from = all.begin() + spec.place.offset;
    some.insert(some.end(), from, from + spec.place.size);
  }
  return some;
}

bool in_first_step(const std::string& name) { return name.starts_with("transforms.0."); }
bool in_act_norm(const std::string& name) { return name.ends_with(".shift") || name.ends_with(".log_scale"); }

const std::vector<Optimizer> optimizers{Adamax{.weight_decay = 0.1}, Adam{.weight_decay = 0.1},
                                        AdamW{.weight_decay = 0.5}, Sgd{.weight_decay = 0.1}};

}  // namespace

TEST_CASE(
    "freeze: parameters stay to the bit, and the others move as if frozen ones were put back each time") {
  for (const Optimizer& optimizer : optimizers) {
    CAPTURE(optimizer_name(optimizer));
    const TrainOptions plain{.optimizer = optimizer, .schedule = {.lr = 1e-2}, .average = WeightAverage{0.5}};
    FlowType flow({3, 1, 1}, Cpu(1)), other({3, 1, 1}, Cpu(1));
    flow.initialize(points(0));
    other.initialize(points(0));
    const std::vector<float> start = flow.parameters().to_host();
    TrainOptions options = plain;
    freeze(options, flow, "transforms.0");
    freeze(options, flow, is_act_norm);
    const auto stays = [](const std::string& name) {
      return in_first_step(name) || (in_act_norm(name) && name.starts_with("transforms."));
    };
    Trainer<FlowType> trainer(flow, options), by_hand(other, plain);
    for (int step = 0; step < 4; ++step) {
      trainer.step(points(step));
      by_hand.step(points(step));
      std::vector<float> put_back = other.parameters().to_host();
      for (const ParamSpec& spec : flow.table().parameters) {
        if (stays(spec.name))
          std::copy_n(start.begin() + spec.place.offset, spec.place.size,
                      put_back.begin() + spec.place.offset);
      }
      other.set_parameters(put_back);
      CHECK(flow.parameters().to_host() == put_back);
    }
    const auto now = flow.parameters().to_host(), average = trainer.average().to_host();
    CHECK(numbers_of(flow, now, stays) == numbers_of(flow, start, stays));
    CHECK(numbers_of(flow, average, stays) == numbers_of(flow, start, stays));
    const auto moves = [&](const std::string& name) { return !stays(name); };
    CHECK(numbers_of(flow, now, moves) != numbers_of(flow, start, moves));
    CHECK(trainer.gradient_norm() < by_hand.gradient_norm());
    for (const float g : trainer.gradients().to_host()) CHECK(g == 0);
  }
}

TEST_CASE("freeze: one name is a piece, the base, or a single parameter, and no part of another name") {
  FlowType flow({3, 1, 1}, Cpu(1));
  const auto frozen = [&](std::string_view path) {
    TrainOptions options;
    freeze(options, flow, path);
    std::vector<std::string> names;
    for (const ParamSpec& spec : flow.table().parameters) {
      for (const ParameterRange& r : options.frozen) {
        if (r.first <= spec.place.offset && spec.place.offset < r.end) names.push_back(spec.name);
      }
    }
    return names;
  };
  CHECK(frozen("base_dist") == std::vector<std::string>{"base_dist.loc", "base_dist.log_scale"});
  CHECK(frozen("base_dist.loc") == std::vector<std::string>{"base_dist.loc"});
  CHECK(frozen("transforms.1.transforms.1") == std::vector<std::string>{"transforms.1.transforms.1.weight"});
  TrainOptions options{.frozen = {{0, 16}}};
  const std::vector<ParameterRange> before = options.frozen;
  CHECK(error_of([&] { freeze(options, flow, "transforms.9"); }) ==
        "The flow has no parameter 'transforms.9', nor one below that: names are those in its table.");
  CHECK(error_of([&] { freeze(options, flow, "transform"); }).starts_with("The flow has no parameter"));
  CHECK(error_of([&] { freeze(options, flow, ""); }).starts_with("The flow has no parameter"));
  CHECK(error_of([&] { freeze(options, flow, [](const auto&) { return false; }); }) ==
        "The flow has no piece with parameters that is to be frozen.");
  CHECK(options.frozen == before);
}

TEST_CASE("freeze: what leaves nothing to train, or is of another flow, is refused") {
  FlowType flow({3, 1, 1}, Cpu(1));
  const Index all = flow.table().parameters_size;
  CHECK(error_of([&] {
          Trainer<FlowType>(flow, {.frozen = {{0, all}}});
        }) == "All parameters of the flow are frozen: there is nothing to train.");
  CHECK(error_of([&] {
          Trainer<FlowType>(flow, {.frozen = {{16, all + 16}}});
        }).starts_with("Parameters 16 to "));
  CHECK(outside_of({{32, 48}, {0, 16}, {8, 16}}, 64) == std::vector<ParameterRange>{{16, 32}, {48, 64}});
  CHECK(outside_of({}, 0).empty());
}

TEST_CASE("freeze: a training goes on from a checkpoint with the same parameters frozen, and no others") {
  const densenf_test::TemporaryFolder folder;
  const auto path = folder / "checkpoint.safetensors";
  FlowType whole_flow({3, 1, 1}, Cpu(1)), first_flow({3, 1, 1}, Cpu(1)), second_flow({3, 1, 1}, Cpu(1), 9);
  TrainOptions options{.optimizer = Adam{}, .schedule = {.lr = 1e-2}};
  freeze(options, whole_flow, is_act_norm);
  Trainer<FlowType> whole(whole_flow, options), first(first_flow, options);
  for (int step = 0; step < 5; ++step) {
    whole.step(points(step));
    if (step < 3) first.step(points(step));
  }
  save_checkpoint(first, path);
  TrainOptions same{.optimizer = Adam{}, .schedule = {.lr = 1e-2}};  // said in another way
  for (const char* name : {"transforms.1.transforms.0", "transforms.0.transforms.0"})
    freeze(same, second_flow, name);
  Trainer<FlowType> second(second_flow, same);
  load_checkpoint(second, path);
  for (int step = 3; step < 5; ++step) second.step(points(step));
  CHECK(second_flow.parameters().to_host() == whole_flow.parameters().to_host());
  CHECK(second.moments().to_host() == whole.moments().to_host());

  Trainer<FlowType> none(second_flow, {.optimizer = Adam{}});
  CHECK(error_of([&] { load_checkpoint(none, path); }).find("frozen parameters") != std::string::npos);
}

TEST_CASE("freeze: a checkpoint of before there were frozen parameters has none") {
  const densenf_test::TemporaryFolder folder;
  const auto path = folder / "checkpoint.safetensors";
  FlowType flow({3, 1, 1}, Cpu(1));
  Trainer<FlowType> trainer(flow, {.optimizer = Adam{}});
  trainer.step(points(0));
  const std::vector<float> kept = flow.parameters().to_host();
  save_checkpoint(trainer, path);
  std::string bytes = densenf_test::get(path);
  for (const std::string key : {"frozen parameters", detail::checksum_key}) {  // as if both were not written
    REQUIRE(bytes.find(key) != std::string::npos);
    bytes.replace(bytes.find(key), key.size(), std::string(key.size(), key.front()));
  }
  densenf_test::put(path, bytes);
  trainer.step(points(1));
  load_checkpoint(trainer, path);
  CHECK(flow.parameters().to_host() == kept);
  TrainOptions options{.optimizer = Adam{}};
  freeze(options, flow, is_act_norm);
  Trainer<FlowType> other(flow, options);
  CHECK(error_of([&] { load_checkpoint(other, path); }).find("frozen parameters 'none'") !=
        std::string::npos);
}
