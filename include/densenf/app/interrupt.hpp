#pragma once

#include <signal.h>

#include <array>
#include <csignal>

namespace densenf::app {

/// While one of these lives, what asks a program to end does not end it but sets a flag, so that a long run
/// can finish its step and save: Ctrl-C (SIGINT), SIGTERM, SIGHUP (its terminal was closed) and SIGPIPE
/// (nobody reads what it prints any more). A second Ctrl-C or SIGTERM ends it at once; the other two may come
/// as often as they like, because one closed terminal or pipe sends several. SIGHUP and SIGPIPE stay ignored
/// where they were ignored before, which is what nohup asks for. One at a time.
class Interrupt {
public:
  Interrupt() {
    requested() = 0;
    struct sigaction mine {};
    mine.sa_handler = handle;
    mine.sa_flags = SA_RESTART;
    ::sigemptyset(&mine.sa_mask);
    for (Taken& t : taken_) {
      ::sigaction(t.signal, nullptr, &t.before);
      const bool may_come_often = t.signal == SIGHUP || t.signal == SIGPIPE;
      t.is_ours = !(may_come_often && t.before.sa_handler == SIG_IGN);
      if (t.is_ours) ::sigaction(t.signal, &mine, nullptr);
    }
  }
  ~Interrupt() {
    for (const Taken& t : taken_) {
      if (t.is_ours) ::sigaction(t.signal, &t.before, nullptr);
    }
  }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool stop() const { return signal() != 0; }

  /// The signal that came first; 0 when none did.
  int signal() const { return requested(); }

  /// Sets the flag as that signal does.
  void request(int signal) const { note(signal); }

private:
  struct Taken {
    int signal = 0;
    struct sigaction before = {};
    bool is_ours = false;
  };

  static volatile std::sig_atomic_t& requested() {
    static volatile std::sig_atomic_t signal = 0;
    return signal;
  }
  static void note(int signal) {
    if (requested() == 0) requested() = signal;
  }
  static void handle(int signal) {
    note(signal);
    if (signal == SIGINT || signal == SIGTERM) std::signal(signal, SIG_DFL);
  }

  std::array<Taken, 4> taken_{{{SIGINT}, {SIGTERM}, {SIGHUP}, {SIGPIPE}}};
};

}  // namespace densenf::app
