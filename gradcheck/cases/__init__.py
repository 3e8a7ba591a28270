"""What a unit is judged on: addresses of cases, and the arrays that follow from them."""
