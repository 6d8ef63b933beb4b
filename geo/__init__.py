"""What touches the earth and the outside world: files, OpenStreetMap, roads, coordinates."""
