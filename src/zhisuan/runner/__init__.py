"""What runs inside an allocation. Standard library and `core` alone; travels as one zipapp."""
