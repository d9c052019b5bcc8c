"""Files of listings sent over HTTP, screened beside the live answers: kept, followed, resumed, and in time removed."""
