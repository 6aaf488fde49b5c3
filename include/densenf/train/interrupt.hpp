#pragma once

#include <csignal>

namespace densenf {

/// While one of these lives, Ctrl-C and SIGTERM do not end the program but set a flag, so that a long run can
/// finish its step and save. A second Ctrl-C ends it at once. One at a time.
class Interrupt {
public:
  Interrupt() {
    requested() = 0;
    before_int_ = std::signal(SIGINT, handle);
    before_term_ = std::signal(SIGTERM, handle);
  }
  ~Interrupt() {
    std::signal(SIGINT, before_int_);
    std::signal(SIGTERM, before_term_);
  }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool stop() const { return requested() != 0; }

private:
  static volatile std::sig_atomic_t& requested() {
    static volatile std::sig_atomic_t flag = 0;
    return flag;
  }
  static void handle(int signal) {
    requested() = 1;
    std::signal(signal, SIG_DFL);
  }

  void (*before_int_)(int);
  void (*before_term_)(int);
};

}  // namespace densenf
