"""What is known now and may be lost: velocity, cached answers, rate limits, in Redis or in the process."""
