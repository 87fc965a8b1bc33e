"""People decide what judges cannot: claims worth a look, decisions as they fall, decisions as data."""
