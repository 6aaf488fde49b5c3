#include "densenf/io/weights.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "../train/small_flow.hpp"
#include "temporary_folder.hpp"

using namespace densenf;
using densenf_test::TemporaryFolder;
using small::Model;

namespace {

/// A file with the flow's tensors, changed by `change(name, shape, values)`, which says whether to keep each.
template <class FlowType, class Change>
void write_changed(const FlowType& flow, const std::filesystem::path& path, const Change& change,
                   const std::vector<std::string>& more = {}) {
  SafetensorsWriter writer;
  std::vector<std::pair<std::vector<Index>, std::vector<float>>> kept;
  kept.reserve(flow.table().parameters.size() + flow.table().state.size() + more.size());
  for (const auto* specs : {&flow.table().parameters, &flow.table().state}) {
    for (const ParamSpec& spec : *specs) {
      auto& [shape, values] = kept.emplace_back(spec.shape, std::vector<float>());
      if (!change(spec.name, shape)) continue;
      Index size = 1;
      for (Index e : shape) size *= e;
      values.assign(static_cast<std::size_t>(size), 0.5F);
      writer.add(spec.name, shape, values);
    }
  }
  for (const std::string& name : more) {
    auto& [shape, values] = kept.emplace_back(std::vector<Index>{1}, std::vector<float>{1});
    writer.add(name, shape, values);
  }
  writer.write(path);
}

}  // namespace

TEST_CASE("weights come back as they were saved") {
  const TemporaryFolder folder;
  Flow<Model, float> flow({1, 8, 8}, Cpu(1), 1), other({1, 8, 8}, Cpu(1), 2);
  save_weights(flow, folder / "weights.safetensors");
  REQUIRE(flow.parameters().to_host() != other.parameters().to_host());
  load_weights(other, folder / "weights.safetensors");
  CHECK(flow.parameters().to_host() == other.parameters().to_host());
  CHECK(flow.state().to_host() == other.state().to_host());
}

TEST_CASE("weights carry metadata, which loading does not ask for") {
  const TemporaryFolder folder;
  const auto path = folder / "weights.safetensors";
  const Metadata metadata{
      {model_key, "small"}, {shape_key, "1x8x8"}, {condition_key, ""}, {"of \"me\"", "\u00e9\n"}};
  Flow<Model, float> flow({1, 8, 8}, Cpu(1), 1), other({1, 8, 8}, Cpu(1), 2);
  save_weights(flow, path, metadata);
  CHECK(read_metadata(path) == metadata);
  CHECK(SafetensorsFile(path).verify());
  load_weights(other, path);
  CHECK(flow.parameters().to_host() == other.parameters().to_host());
  // The words may be those of another model: it is the tensors that decide.
  save_weights(flow, flow.parameters().to_host(), flow.state().to_host(), path, {{model_key, "large"}});
  CHECK(read_metadata(path) == Metadata{{model_key, "large"}});
  CHECK_NOTHROW(load_weights(other, path));
  save_weights(flow, path);
  CHECK(read_metadata(path).empty());

  const std::string before = densenf_test::get(path);
  CHECK_THROWS_AS(save_weights(flow, path, {{model_key, "\xff"}}), ArgumentError);
  CHECK_THROWS_AS(save_weights(flow, path, {{"densenf.crc32", "0"}}), ArgumentError);
  CHECK(densenf_test::get(path) == before);
}

TEST_CASE("a bit of saved weights that has flipped is found, and the flow stays as it was") {
  const TemporaryFolder folder;
  Flow<Model, float> flow({1, 8, 8}, Cpu(1), 1), other({1, 8, 8}, Cpu(1), 2);
  save_weights(flow, folder / "weights.safetensors");
  std::string bytes = densenf_test::get(folder / "weights.safetensors");
  bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
  densenf_test::put(folder / "weights.safetensors", bytes);
  const auto before = other.parameters().to_host(), state = other.state().to_host();
  CHECK(densenf_test::contains(
      densenf_test::message_of<FileError>([&] { load_weights(other, folder / "weights.safetensors"); }),
      "has been damaged or changed since it was written"));
  CHECK(other.parameters().to_host() == before);
  CHECK(other.state().to_host() == state);
}

TEST_CASE("float weights load into a double flow") {
  const TemporaryFolder folder;
  Flow<Model, float> flow({1, 8, 8}, Cpu(1), 1);
  Flow<Model, double> other({1, 8, 8}, Cpu(1), 2);
  save_weights(flow, folder / "weights.safetensors");
  load_weights(other, folder / "weights.safetensors");
  const auto a = flow.parameters().to_host();
  const auto b = other.parameters().to_host();
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(static_cast<double>(a[i]) == b[i]);
}

TEST_CASE("a file holds a convolution's weight as (out, in, height, width)") {
  const TemporaryFolder folder;
  Flow<Model, double> flow({1, 8, 8}, Cpu(1), 1);
  save_weights(flow, folder / "weights.safetensors");
  const SafetensorsFile file(folder / "weights.safetensors");
  const std::string name = "transforms.3.noise_params.0.transformation.0.weight";
  REQUIRE(file.info(name).shape == std::vector<Index>{16, 4, 3, 3});
  const auto values = file.read<double>(name);
  const auto& specs = flow.table().parameters;
  const auto spec =
      std::find_if(specs.begin(), specs.end(), [&](const ParamSpec& s) { return s.name == name; });
  REQUIRE(spec != specs.end());
  for (Index o = 0; o < 16; ++o) {
    for (Index i = 0; i < 4; ++i) {
      for (Index tap = 0; tap < 9; ++tap) {
        const auto in_file = static_cast<std::size_t>((o * 4 + i) * 9 + tap);
        REQUIRE(values[in_file] == flow.parameters().data()[spec->place.offset + (tap * 4 + i) * 16 + o]);
      }
    }
  }
}

TEST_CASE("weights that are no numbers, and names that a terminal would obey, are refused in a sentence") {
  const TemporaryFolder folder;
  const auto path = folder / "weights.safetensors";
  Flow<ActNorm, double> flow({2, 1, 1}, Cpu(1));
  const std::vector<double> state = flow.state().to_host();
  for (const double odd :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    std::vector<double> parameters = flow.parameters().to_host();
    parameters[1] = odd;
    save_weights(flow, parameters, state, path);
    CHECK(densenf_test::contains(
        densenf_test::message_of<FileError>([&] { load_weights(flow, path); }),
        fmt::format("Number 1 of tensor {} in file '{}' is {}, with which nothing can be computed",
                    flow.table().parameters[0].name, path.string(), odd)));
  }
  for (const double p : flow.parameters().to_host()) CHECK(std::isfinite(p));

  write_changed(flow, path, [](const std::string&, const std::vector<Index>&) { return true; }, {"\x1b[2J"});
  CHECK(densenf_test::contains(densenf_test::message_of<FileError>([&] { load_weights(flow, path); }),
                               "not part of the model: \\x1b[2J [1]"));
}

TEST_CASE("the constants of published checkpoints are accepted and ignored") {
  const TemporaryFolder folder;
  Flow<Model, float> flow({1, 8, 8}, Cpu(1));
  write_changed(flow, folder / "file", [](const std::string&, const std::vector<Index>&) { return true; },
                {"transforms.0.ldj_per_dim", "transforms.1._shift", "transforms.1._scale", "temperature",
                 "base_dist.buffer",
                 "transforms.3.blocks.0.transforms.0.transforms.2.coupling_net.0.dn.transform.1.mix_conv.0."
                 "num_batches_tracked"});
  CHECK_NOTHROW(load_weights(flow, folder / "file"));
}

TEST_CASE(
    "one error names every tensor that is missing, superfluous or of the wrong shape, and nothing changes") {
  const TemporaryFolder folder;
  Flow<Model, float> flow({1, 8, 8}, Cpu(1));
  write_changed(flow, folder / "file",
                [](const std::string& name, std::vector<Index>& shape) {
                  if (name == "base_dist.loc") return false;
                  if (name.ends_with("running_var")) return false;
                  if (name == "base_dist.log_scale") shape = {3};
                  return true;
                },
                {"transforms.9.log_scale"});
  const auto before = flow.parameters().to_host();
  std::string text;
  try {
    load_weights(flow, folder / "file");
  } catch (const FileError& e) {
    text = e.what();
  }
  CHECK(text.find("missing: base_dist.loc [1, 12, 1, 1]") != std::string::npos);
  CHECK(text.find("mix_conv.0.running_var") != std::string::npos);
  CHECK(text.find("wrong shape: base_dist.log_scale is [3], the model needs [1, 12, 1, 1]") !=
        std::string::npos);
  CHECK(text.find("not part of the model: transforms.9.log_scale [1]") != std::string::npos);
  CHECK(flow.parameters().to_host() == before);
}

TEST_CASE("other parameters and another state are saved in the place of a flow's own, which stay") {
  const TemporaryFolder folder;
  Flow<Model, float> flow({1, 8, 8}, Cpu(1), 1), other({1, 8, 8}, Cpu(1), 2);
  const auto own = flow.parameters().to_host();
  std::vector<float> average = own;
  for (float& v : average) v *= 0.5F;
  const auto own_state = flow.state().to_host();
  std::vector<float> state = own_state;
  for (float& v : state) v += 0.5F;
  save_weights(flow, average, state, folder / "weights.safetensors");
  CHECK(flow.parameters().to_host() == own);
  load_weights(other, folder / "weights.safetensors");
  CHECK(other.parameters().to_host() == average);
  // Between the tensors, where nothing is saved, there are zeros.
  for (const ParamSpec& spec : flow.table().state) {
    CHECK(other.state().to_host(spec.place.offset, spec.place.size) ==
          std::vector<float>(state.begin() + spec.place.offset,
                             state.begin() + spec.place.offset + spec.place.size));
  }
  CHECK(flow.state().to_host() == own_state);
  state.pop_back();
  CHECK_THROWS_AS(save_weights(flow, average, state, folder / "weights.safetensors"), ShapeError);
  average.pop_back();
  CHECK_THROWS_AS(save_weights(flow, average, own_state, folder / "weights.safetensors"), ShapeError);
}
