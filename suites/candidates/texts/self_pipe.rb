# The self-pipe loop: a handler does no more than write the signal's name into a pipe, which the main loop reads. As the
# text has it, the loop tells what came and goes on; with the argument "ends" it ends.
Process.daemon
reader, writer = IO.pipe
%w[INT TERM].each { |name| Signal.trap(name) { writer.puts name } }
while IO.select([reader])
  puts "Received #{reader.gets}"
  exit if ARGV == ["ends"]
end
