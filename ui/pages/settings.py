"""审查"""
import streamlit as st
st.html("<h1>审查</h1>")
