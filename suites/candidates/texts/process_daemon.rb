# Process.daemon as it comes: what rackup -D does since Ruby 1.9.
Process.daemon
sleep
