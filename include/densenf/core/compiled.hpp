#pragma once

// DENSENF_USE_COMPILED is defined in programs that link densenf::compiled, by that target and for all of
// their files: these headers then only declare what the library holds.
#ifdef DENSENF_USE_COMPILED
#define DENSENF_INLINE
#else
/// Stands before what is defined in a header, and with densenf::compiled in the library alone.
#define DENSENF_INLINE inline
#endif

// The same for what needs the libraries of densenf::io, which densenf::compiled has where it was built with
// them.
#ifdef DENSENF_USE_COMPILED_IO
#define DENSENF_INLINE_IO
#else
#define DENSENF_INLINE_IO inline
#endif
