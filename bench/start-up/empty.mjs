// Nothing: what everything else is compared with.
