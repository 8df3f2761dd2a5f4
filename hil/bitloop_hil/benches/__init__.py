"""Where boards live: virtual, qemu, and whatever else offers `Board`."""
