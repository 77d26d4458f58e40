# How the addon is built. binding.gyp, which node-gyp needs in the root, includes this file. The package does not
# contain binding.gyp: with it, Yarn 1 would compile the addon at installation, whatever package.json says, and pnpm
# would warn.
{
  "targets": [
    {
      "target_name": "forkless",
      "sources": [
        "core/arena.c",
        "core/plan.c",
        "core/child.c",
        "core/guard.c",
        "core/report.c",
        "core/interpret.c",
        "core/own_memory.c",
        "core/cobs.c",
        "core/runner.c",
        "steps/descriptors.c",
        "steps/closing.c",
        "steps/terminal.c",
        "steps/root.c",
        "steps/trace.c",
        "steps/ids.c",
        "steps/limits.c",
        "steps/scheduling.c",
        "steps/process.c",
        "steps/label.c",
        "steps/environment.c",
        "steps/parent.c",
        "steps/placement.c",
        "steps/memory.c",
        "steps/capabilities.c",
        "core/spawn.c",
        "core/maker.c",
        "core/certain.c",
        "core/known_program.c",
        "core/fdtable.c",
        "core/slots.c",
        "core/verdict.c",
        "core/await.c",
        "core/report_reader.c",
        "core/proof.c",
        "core/verdict_own_memory.c",
        "core/runner_file.c",
        "core/runner_caller.c",
        "core/runner_probe.c",
        "core/exit.c",
        "core/usage.c",
        "core/ending.c",
        "core/handle.c",
        "core/proc.c",
        "core/pause.c",
        "core/fds.c",
        "core/pty.c",
        "core/environ.c",
        "core/collect.c",
        "node/addon.cc",
        "node/layout.cc",
        "node/record.cc",
        "node/watcher.cc",
        "node/collect-glue.cc",
        "node/exec-addresses.cc",
        "node/runtime.cc",
      ],
      # The output is a relative path, so no folder of this machine gets into the binary.
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": [
        "NAPI_VERSION=8",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # A Worker may be terminated while it runs this code: an exception that cannot be thrown any more must not abort
        # the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      ],

      # Flags that only some versions of Node add: the bytes must not depend on the version of Node.
      "cflags!": ["-Wno-unused-parameter", "-O3"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-fno-strict-aliasing"],
      "cflags": [
        "-O2",
        # For a debugger; a release moves it into a file of its own. It names no folder of this machine, so the same
        # source gives the same bytes everywhere.
        "-g",
        "'-ffile-prefix-map=<(module_root_dir)=.'",
        "'-ffile-prefix-map=<(node_root_dir)/include=.'",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-fvisibility=hidden",
        "-ffunction-sections",
        "-fdata-sections",
        # The child runs on the parent's thread-local storage, where the stack protector keeps its value. The functions
        # of _FORTIFY_SOURCE are in glibc only.
        "-fno-stack-protector",
        "-U_FORTIFY_SOURCE",
      ],
      "cflags_c": [
        "-std=c11",
        "-D_GNU_SOURCE",
        "-Wconversion",
        # No calls that are not in the source: through the PLT, or of memcpy in place of a loop.
        "-fno-plt",
        "-fno-tree-loop-distribute-patterns",
        "-fno-asynchronous-unwind-tables",
      ],
      "cflags_cc": [
        "-std=c++20",
        "-fno-exceptions",
        "-fno-rtti",
        # Each would need libstdc++: guards of local statics, and the templates that are instantiated there (from C++20
        # on, std::string is not).
        "-fno-threadsafe-statics",
        "-D_GLIBCXX_EXTERN_TEMPLATE=0",
      ],

      # No library is linked but libgcc: no symbol has a version of glibc, and libstdc++ is not needed. So one file
      # loads under glibc and under musl. The loader finds libc and Node-API in the running program.
      "ldflags!": ["-rdynamic", "-pthread"],
      "ldflags": [
        "-nostdlib",
        "-Wl,--gc-sections",
        # The file can be executed too: csrc/core/runner.c.
        "-Wl,-e,forkless_runner",
        # Node unloads an addon with the last environment that uses it, for example the last Worker. Children and the
        # watcher may still run in it then.
        "-Wl,-z,nodelete",
        # <new> makes operator new visible; the one in runtime.cc must be hidden. The path is relative to the build
        # folder.
        "-Wl,--version-script=../csrc/node/exports.map",
        "-Wl,-z,relro",
        "-Wl,-z,now",
        "-Wl,-z,noexecstack",
      ],
      "libraries": ["-lgcc"],

      "conditions": [
        # Out-of-line atomics call the C library to find out which instructions the machine has.
        ["target_arch=='arm64'", {"cflags": ["-mno-outline-atomics"]}],
      ],
    }
  ]
}
