"""绿色: sensors, power, energy and carbon accounts."""
