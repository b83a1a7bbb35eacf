# The daemons gem, controlled as its users do: ruby daemons_gem.rb start.
require "daemons"

Daemons.run_proc("daemons_gem", dir_mode: :normal, dir: "/run") { sleep }
