#pragma once

#include "../noise_images.hpp"
#include "list.hpp"
#include "training.hpp"

// The part of a program that knows one model; CMake writes a file for each.
namespace architectures {

/// A device with that many threads, where it has threads.
template <class Device>
Device device_with(int threads) {
  if constexpr (std::same_as<Device, Cpu>)
    return Cpu(threads);
  else
    return Device();
}

/// The model of an entry for a data set, on a device, among subjects().
template <Name name_, class Data, class Device>
class Registered : public Subject {
public:
  Registered() { subjects().push_back(this); }

  std::string_view name() const override { return Entry::name; }
  std::string_view data() const override { return Data::name; }
  Index parameters() const override {
    ParameterTable table;
    Builder builder(table);
    Model model;
    model.build(builder, Data::shape);
    BaseOf<Model>().declare(builder, model.output());
    return table.parameter_count();
  }
  int train(const TrainingSettings& settings) const override {
    return TimedTraining<Entry, Data, Device>(settings, device_with<Device>(settings.threads)).run();
  }
  std::unique_ptr<Work> work(int threads) const override { return std::make_unique<OwnWork>(threads); }

private:
  using Entry = typename Find<name_, All>::type;
  using Model = typename Entry::template ModelFor<Data>;
  using FlowType = Flow<Model, float, Device>;

  /// With a flow of its own. The first step starts what starts from data, the second has all memory.
  class OwnWork : public FlowWork<FlowType> {
  public:
    explicit OwnWork(int threads) : OwnWork(std::make_unique<Parts>(threads)) {}

  private:
    struct Parts {
      explicit Parts(int threads)
          : flow(Data::shape, device_with<Device>(threads)), trainer(flow, {.schedule = {.lr = 1e-6}}) {}
      FlowType flow;
      Trainer<FlowType> trainer;
    };
    explicit OwnWork(std::unique_ptr<Parts> parts)
        : FlowWork<FlowType>(parts->trainer, images()), parts_(std::move(parts)) {
      this->train();
      this->train();
    }
    /// Noise in the range of the data.
    static Batch<std::uint8_t> images() {
      auto noise = bench::noise_images(Data::shape, Data::batch);
      for (std::uint8_t& v : noise.values) v = static_cast<std::uint8_t>(v * Data::picture_levels / 256);
      return noise;
    }
    std::unique_ptr<Parts> parts_;
  };
};

}  // namespace architectures
