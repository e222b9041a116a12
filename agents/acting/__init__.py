"""Acting: networks described by numbers, policies that play with numpy alone, exploration and evaluation."""
