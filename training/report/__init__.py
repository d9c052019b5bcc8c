"""Reports to look at: self-contained HTML whose pictures are static SVG, for every measurement of the project."""
